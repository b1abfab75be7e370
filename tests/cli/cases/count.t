# The first line is PEFT's own; the figures are those that PEFT printed for
# Llama-2-7b, and the file has the size that save_pretrained writes.

$ loraexplore count Llama-2-7b --target q_proj,v_proj
| trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622
|
| Llama-2-7b: llama, LlamaForCausalLM, 32 layers, 6,738,415,616 parameters, bf16 (assumed)
| LoRA: rank 8, alpha 16, target q_proj,v_proj (transformers 5.23, PEFT 0.21)
|
| module                                kind         out x in  copies  rank  alpha  scale  trainable
| model.layers.{0-31}.self_attn.q_proj  linear  4,096 × 4,096      32     8     16      2  2,097,152
| model.layers.{0-31}.self_attn.v_proj  linear  4,096 × 4,096      32     8     16      2  2,097,152
|
| between steps  this adapter  full fine-tuning
| frozen            12.55 GiB         12.55 GiB
| adapters          16.00 MiB               0 B
| gradients         16.00 MiB         12.55 GiB
| optimizer         32.00 MiB         25.10 GiB
| total             12.61 GiB         50.21 GiB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 16,794,200 bytes, 128 tensors in fp32
$ loraexplore count Llama-2-7b --target q_proj,v_proj --json
| {
|   "loraexplore": "0.1.0",
|   "model": "Llama-2-7b",
|   "model_type": "llama",
|   "class": "LlamaForCausalLM",
|   "transformers": "5.23",
|   "peft": "0.21",
|   "method": "lora",
|   "rank": 8,
|   "alpha": 16,
|   "targets": "q_proj,v_proj",
|   "dtype": "bf16",
|   "dtype_assumed": true,
|   "adapter_dtype": "fp32",
|   "optimizer": "adamw",
|   "base_params": 6738415616,
|   "trainable": 4194304,
|   "all": 6742609920,
|   "trainable_percent": 0.06220594176090199,
|   "printed": "trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622",
|   "frozen_extra": 0,
|   "buffers_extra": 0,
|   "adapter_params": 4194304,
|   "adapter_tensors": 128,
|   "adapter_bytes": 16794200,
|   "matched": 64,
|   "modules": [
|     {
|       "name": "model.layers.{0-31}.self_attn.q_proj",
|       "kind": "linear",
|       "shape": [
|         4096,
|         4096
|       ],
|       "copies": 32,
|       "rank": 8,
|       "alpha": 16,
|       "scaling": 2,
|       "trainable": 2097152
|     },
|     {
|       "name": "model.layers.{0-31}.self_attn.v_proj",
|       "kind": "linear",
|       "shape": [
|         4096,
|         4096
|       ],
|       "copies": 32,
|       "rank": 8,
|       "alpha": 16,
|       "scaling": 2,
|       "trainable": 2097152
|     }
|   ],
|   "extras": [],
|   "warnings": [],
|   "memory": {
|     "frozen": 13476831232,
|     "adapters": 16777216,
|     "gradients": 16777216,
|     "optimizer": 33554432,
|     "total": 13543940096,
|     "full_fine_tune": 53907324928
|   }
| }
$ loraexplore count Llama-2-7b --target q_proj,v_proj --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,8,16,2,2097152
| model.layers.{0-31}.self_attn.v_proj,linear,4096x4096,32,8,16,2,2097152
$ loraexplore count Llama-2-7b --target q_proj,v_proj --si --ascii
| trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622
|
| Llama-2-7b: llama, LlamaForCausalLM, 32 layers, 6,738,415,616 parameters, bf16 (assumed)
| LoRA: rank 8, alpha 16, target q_proj,v_proj (transformers 5.23, PEFT 0.21)
|
| module                                kind         out x in  copies  rank  alpha  scale  trainable
| model.layers.{0-31}.self_attn.q_proj  linear  4,096 x 4,096      32     8     16      2  2,097,152
| model.layers.{0-31}.self_attn.v_proj  linear  4,096 x 4,096      32     8     16      2  2,097,152
|
| between steps  this adapter  full fine-tuning
| frozen             13.48 GB          13.48 GB
| adapters           16.78 MB               0 B
| gradients          16.78 MB          13.48 GB
| optimizer          33.55 MB          26.95 GB
| total              13.54 GB          53.91 GB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 16,794,200 bytes, 128 tensors in fp32
$ loraexplore count Llama-2-7b --target q_proj,v_proj --explain
| trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622
|
| Llama-2-7b: llama, LlamaForCausalLM, 32 layers, 6,738,415,616 parameters, bf16 (assumed)
| LoRA: rank 8, alpha 16, target q_proj,v_proj (transformers 5.23, PEFT 0.21)
|
| module                                kind         out x in  copies  rank  alpha  scale  trainable
| model.layers.{0-31}.self_attn.q_proj  linear  4,096 × 4,096      32     8     16      2  2,097,152
| model.layers.{0-31}.self_attn.v_proj  linear  4,096 × 4,096      32     8     16      2  2,097,152
|
| between steps  this adapter  full fine-tuning
| frozen            12.55 GiB         12.55 GiB
| adapters          16.00 MiB               0 B
| gradients         16.00 MiB         12.55 GiB
| optimizer         32.00 MiB         25.10 GiB
| total             12.61 GiB         50.21 GiB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 16,794,200 bytes, 128 tensors in fp32
|
| Where the numbers come from
| base_params
|     elements of every tensor of the model, tied weights once
|     the model's config.json and its architecture file
| trainable
|     sum over the adapted modules, and what trains beside them
|     Hu et al. 2021; PEFT tuners/lora
| all
|     base_params + adapter_params + copies of modules_to_save
|     PEFT print_trainable_parameters
| trainable_percent
|     100 trainable / all
|     PEFT print_trainable_parameters
| scaling
|     the update's factor: alpha / rank in LoRA, alpha / sqrt(rank) in rsLoRA
|     Hu et al. 2021; PEFT tuners/lora
| adapter_bytes
|     8 + header + bytes of each tensor that is stored
|     safetensors format; PEFT save_pretrained
| LoRA
|     low-rank update B A of a frozen weight
|     Hu et al. 2021; PEFT tuners/lora
| dtype
|     bf16 is assumed: the config names none, --dtype says otherwise
|     the model's config.json
| model.layers.{0-31}.self_attn.q_proj
|     lora_A 8 * 4,096 + lora_B 4,096 * 8, 32 times: 2,097,152
|     Hu et al. 2021; PEFT tuners/lora
| model.layers.{0-31}.self_attn.v_proj
|     lora_A 8 * 4,096 + lora_B 4,096 * 8, 32 times: 2,097,152
|     Hu et al. 2021; PEFT tuners/lora
| frozen
|     sum over base tensors of elements * bytes of --dtype
|     torch tensors, bytes without padding
| adapters
|     sum over tensors added, copies and buffers too, of their bytes
|     torch tensors, bytes without padding
| gradients
|     one value for each trainable parameter, in its own dtype
|     torch tensors, bytes without padding
| optimizer
|     states of each trainable tensor; see the optimizer's formula
|     torch tensors, bytes without padding
| AdamW
|     2 d n
|     torch optim/adamw.py

# Options before, between and after operands; --, -, abbreviations.
$ loraexplore --rank 16 count --target q_proj Llama-2-7b --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,16,16,1,4194304
$ loraexplore count --csv --target=q_proj -- Llama-2-7b
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,8,16,2,2097152
$ loraexplore count --csv --targ q_proj --alph 32 Llama-2-7b
! loraexplore: option --targ is ambiguous: --target, --target-regex
? 2
$ POSIXLY_CORRECT=1 loraexplore count Llama-2-7b --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,8,16,2,2097152
$ loraexplore count - --csv --target q_proj <tests/data/hostile/good.json
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048

# Targets as pasted from Python.
$ loraexplore count Llama-2-7b --csv --target '["q_proj", "v_proj"]'
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,8,16,2,2097152
| model.layers.{0-31}.self_attn.v_proj,linear,4096x4096,32,8,16,2,2097152

# Nothing to train is an answer.
$ loraexplore count Llama-2-7b --target none
~ trainable params: 0 || all params: 6,738,415,616 || trainable%: 0.0000

# Names: case, prefix, Hugging Face ids.
$ loraexplore count meta-llama/Llama-3.1-8B-Instruct --target q_proj,v_proj
~ trainable params: 3,407,872 || all params: 8,033,669,120 || trainable%: 0.0424
$ loraexplore count LLAMA-3.1-8b --target q_proj,v_proj
~ trainable params: 3,407,872 || all params: 8,033,669,120 || trainable%: 0.0424

# Versions are read as the nearest known.
$ loraexplore count Llama-2-7b --transformers 4.57.6 --peft 0.18.1 --json
~ "transformers": "4.57"
~ "peft": "0.18"
$ loraexplore count Llama-2-7b --transformers 5.0 --peft 0.21.2 --json
~ "transformers": "5.23"
~ "peft": "0.21"
$ loraexplore count Llama-2-7b --transformers 4 --peft 1.0 --json
~ "transformers": "4.57"
~ "peft": "0.21"

# The explorer without a terminal is the plain report.
$ loraexplore Llama-2-7b --target q_proj,v_proj | head -n 1
| trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622
$ loraexplore --target q_proj,v_proj Llama-2-7b --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,8,16,2,2097152
| model.layers.{0-31}.self_attn.v_proj,linear,4096x4096,32,8,16,2,2097152
$ loraexplore </dev/null | head -n 1 | cut -c 1-17
| trainable params:

# A file in the place of a name, and a folder.
$ mkdir $T/m && cp tests/data/hostile/good.json $T/m/config.json && cd $T && loraexplore count m --target q_proj | head -n 1
| trainable params: 2,048 || all params: 121,152 || trainable%: 1.6904

# sweep
$ loraexplore sweep Llama-2-7b --target q_proj,v_proj --ranks 1,2,4..6,8..64x2
| Llama-2-7b: llama, LlamaForCausalLM, 32 layers, 6,738,415,616 parameters, bf16 (assumed)
| LoRA: alpha 16, target q_proj,v_proj (transformers 5.23, PEFT 0.21)
|
| rank   trainable            all  trainable%  adapter file  between steps
|    1     524,288  6,738,939,904      0.0078      2.02 MiB      12.56 GiB
|    2   1,048,576  6,739,464,192      0.0156      4.02 MiB      12.57 GiB
|    4   2,097,152  6,740,512,768      0.0311      8.02 MiB      12.58 GiB
|    5   2,621,440  6,741,037,056      0.0389     10.02 MiB      12.59 GiB
|    6   3,145,728  6,741,561,344      0.0467     12.02 MiB      12.60 GiB
|    8   4,194,304  6,742,609,920      0.0622     16.02 MiB      12.61 GiB
|   16   8,388,608  6,746,804,224      0.1243     32.02 MiB      12.68 GiB
|   32  16,777,216  6,755,192,832      0.2484     64.02 MiB      12.80 GiB
|   64  33,554,432  6,771,970,048      0.4955    128.02 MiB      13.05 GiB
$ loraexplore sweep Llama-2-7b --target q_proj,v_proj --ranks 8 --json
| {
|   "loraexplore": "0.1.0",
|   "model": "Llama-2-7b",
|   "model_type": "llama",
|   "class": "LlamaForCausalLM",
|   "transformers": "5.23",
|   "peft": "0.21",
|   "method": "lora",
|   "alpha": 16,
|   "targets": "q_proj,v_proj",
|   "dtype": "bf16",
|   "dtype_assumed": true,
|   "adapter_dtype": "fp32",
|   "optimizer": "adamw",
|   "base_params": 6738415616,
|   "ranks": [
|     {
|       "rank": 8,
|       "trainable": 4194304,
|       "all": 6742609920,
|       "trainable_percent": 0.06220594176090199,
|       "adapter_bytes": 16794200,
|       "total": 13543940096
|     }
|   ],
|   "warnings": []
| }
$ loraexplore sweep Llama-2-7b --target q_proj,v_proj --ranks 1..64x2 --csv
| rank,trainable,all,trainable_percent,adapter_bytes,total
| 1,524288,6738939904,0.007779977377284533,2113912,13485219840
| 2,1048576,6739464192,0.015558744287783286,4211128,13493608448
| 4,2097152,6740512768,0.03111264783824826,8405472,13510385664
| 8,4194304,6742609920,0.06220594176090199,16794200,13543940096
| 16,8388608,6746804224,0.12433454005023165,33571624,13611048960
| 32,16777216,6755192832,0.24836028248556738,67126104,13745266688
| 64,33554432,6771970048,0.49548996469513035,134235048,14013702144

# Experts of transformers 5 are parameters; their adapters have a file size too.
$ loraexplore sweep Mixtral-8x7B --target all-linear --ranks 8 --json | grep -c adapter_bytes
| 1
! loraexplore: warning: gate_up_proj holds two projections: PEFT gives it twice the rank, 16
$ loraexplore sweep Mixtral-8x7B --target all-linear --ranks 8 --csv
| rank,trainable,all,trainable_percent,adapter_bytes,total
| 8,179832832,46882625536,0.38358097470866015,719391744,96282910720
! loraexplore: warning: gate_up_proj holds two projections: PEFT gives it twice the rank, 16

# Where PEFT has no default: all-linear with a warning, or refused by name.
$ loraexplore count Baichuan2-7B --json
~ "trainable":
~ "class": "BaichuanForCausalLM"
!~ loraexplore: warning: 
$ loraexplore count Baichuan2-7B --target default
! loraexplore: PEFT has no default targets for lora and model_type baichuan, name the targets (--target q_proj,v_proj or --target all-linear)
? 1
