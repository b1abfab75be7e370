# How a model is adapted.  PEFT 0.21.2 and 0.18.1 print the same lines for the
# Python that --python writes; figures that are shown in full are theirs.

$ loraexplore count Llama-3.2-1B --rank 4 --alpha 3.5 --target q_proj,v_proj --layers 0-3,7 --rank-pattern v_proj=16 --alpha-pattern '.*q_proj=2'
~ trainable params: 286,720 || all params: 1,236,101,120 || trainable%: 0.0232
$ loraexplore count Llama-3.2-1B --rank 4 --alpha 3.5 --target q_proj,v_proj --layers 0-3,7 --rank-pattern v_proj=16 --alpha-pattern '.*q_proj=2' --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| "model.layers.{0-3,7}.self_attn.q_proj",linear,2048x2048,5,4,2,0.5,81920
| "model.layers.{0-3,7}.self_attn.v_proj",linear,512x2048,5,16,3.5,0.21875,204800
$ loraexplore count Llama-3.2-1B --bias lora_only --rslora --dora
~ trainable params: 892,928 || all params: 1,236,707,328 || trainable%: 0.0722
~ DoRA, rank-stabilised: rank 8, alpha 16, target default = q_proj,v_proj
$ loraexplore count Llama-3.2-1B --target all-linear --exclude v_proj
~ trainable params: 5,308,416 || all params: 1,241,122,816 || trainable%: 0.4277
$ loraexplore count Llama-3.1-8B --target-regex '.*\.[0-3]\..*q_proj' --exclude-regex '.*\.0\..*' --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{1-3}.self_attn.q_proj,linear,4096x4096,3,8,16,2,196608
$ loraexplore count gpt2 --bias all --method dora
| trainable params: 424,704 || all params: 124,762,368 || trainable%: 0.3404
|
| gpt2: gpt2, GPT2LMHeadModel, 12 layers, 124,439,808 parameters, bf16 (assumed)
| DoRA: rank 8, alpha 16, target default = c_attn (transformers 5.23, PEFT 0.21)
| with bias "all"
|
| module                            kind       out x in  copies  rank  alpha  scale  trainable
| transformer.h.{0-11}.attn.c_attn  conv1d  2,304 × 768      12     8     16      2    322,560
|
| beside them                               copies  trainable
| bias of transformer.h.{0-11}.attn.c_attn      12     27,648
| bias of transformer.h.{0-11}.attn.c_proj      12      9,216
| bias of transformer.h.{0-11}.mlp.c_fc         12     36,864
| bias of transformer.h.{0-11}.mlp.c_proj       12      9,216
| bias of transformer.h.{0-11}.ln_1             12      9,216
| bias of transformer.h.{0-11}.ln_2             12      9,216
| bias of transformer.ln_f                       1        768
|
| between steps  this adapter  full fine-tuning
| frozen           237.35 MiB        237.35 MiB
| adapters           1.23 MiB               0 B
| gradients          1.43 MiB        237.35 MiB
| optimizer          2.85 MiB        474.70 MiB
| total            242.86 MiB        949.40 MiB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 1,507,552 bytes, 109 tensors, the method's own in fp32
$ loraexplore count gpt2 --modules-to-save lm_head --json
| {
|   "loraexplore": "0.1.0",
|   "model": "gpt2",
|   "model_type": "gpt2",
|   "class": "GPT2LMHeadModel",
|   "transformers": "5.23",
|   "peft": "0.21",
|   "method": "lora",
|   "rank": 8,
|   "alpha": 16,
|   "targets": "default",
|   "dtype": "bf16",
|   "dtype_assumed": true,
|   "adapter_dtype": "fp32",
|   "optimizer": "adamw",
|   "base_params": 124439808,
|   "trainable": 38892288,
|   "all": 163332096,
|   "trainable_percent": 23.811785284381582,
|   "printed": "trainable params: 38,892,288 || all params: 163,332,096 || trainable%: 23.8118",
|   "frozen_extra": 0,
|   "buffers_extra": 0,
|   "adapter_params": 294912,
|   "adapter_tensors": 25,
|   "adapter_bytes": 78377536,
|   "matched": 12,
|   "modules": [
|     {
|       "name": "transformer.h.{0-11}.attn.c_attn",
|       "kind": "conv1d",
|       "shape": [
|         2304,
|         768
|       ],
|       "copies": 12,
|       "rank": 8,
|       "alpha": 16,
|       "scaling": 2,
|       "trainable": 294912
|     }
|   ],
|   "extras": [
|     {
|       "kind": "saved",
|       "name": "lm_head",
|       "copies": 1,
|       "trainable": 38597376
|     }
|   ],
|   "warnings": [
|     "lm_head shares its weight with wte, modules_to_save copies lm_head alone and the two drift apart: set ensure_weight_tying to keep them one"
|   ],
|   "memory": {
|     "frozen": 248879616,
|     "adapters": 78374400,
|     "gradients": 78374400,
|     "optimizer": 156748800,
|     "total": 562377216,
|     "full_fine_tune": 995518464
|   }
| }
! loraexplore: warning: lm_head shares its weight with wte, modules_to_save copies lm_head alone and the two drift apart: set ensure_weight_tying to keep them one
$ loraexplore count Llama-3.2-1B --set 'trainable_token_indices=[1,2,3]'
~ rows of model.embed_tokens
$ loraexplore count gpt2 --class GPT2ForSequenceClassification --task seq_cls
~ with task_type "SEQ_CLS"
~ copy of score
$ loraexplore count Llama-3.1-8B --adapter-dtype bf16 --modules-to-save lm_head --json
~ "adapter_dtype": "bf16"
~ "adapters": 1057488896,

# The last "=" parts pattern and number; the first pattern that matches counts.
$ loraexplore count gpt2 --target c_attn --rank-pattern '(?=h)h.0.attn.c_attn=2' --rank-pattern c_attn=4 --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| transformer.h.{0}.attn.c_attn,conv1d,2304x768,1,2,16,8,6144
| transformer.h.{1-11}.attn.c_attn,conv1d,2304x768,11,4,16,4,135168

# Methods bring PEFT's own rank and alpha; --rank and --alpha win on either side.
$ loraexplore count Llama-3.2-1B --method VERA
~ trainable params: 49,152 || all params: 1,235,863,552 || trainable%: 0.0040
~ VeRA: rank 256, target default = q_proj,v_proj
~ never trained: 
$ loraexplore count Llama-3.2-1B --method ia3
| trainable params: 147,456 || all params: 1,235,961,856 || trainable%: 0.0119
|
| Llama-3.2-1B: llama, LlamaForCausalLM, 16 layers, 1,235,814,400 parameters, bf16 (assumed)
| IA3: target default = k_proj,v_proj,down_proj (transformers 5.23, PEFT 0.21)
|
| module                                kind         out x in  copies  scale  trainable
| model.layers.{0-15}.self_attn.k_proj  linear    512 × 2,048      16      1      8,192
| model.layers.{0-15}.self_attn.v_proj  linear    512 × 2,048      16      1      8,192
| model.layers.{0-15}.mlp.down_proj     linear  2,048 × 8,192      16      1    131,072
|
| between steps  this adapter  full fine-tuning
| frozen             2.30 GiB          2.30 GiB
| adapters         576.00 KiB               0 B
| gradients        576.00 KiB          2.30 GiB
| optimizer          1.13 MiB          4.60 GiB
| total              2.30 GiB          9.21 GiB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 595,600 bytes, 48 tensors in fp32
$ loraexplore count Llama-3.2-1B --method ia3 --json
~ "rank": null,
~ "alpha": null,
~ "trainable": 147456,
$ loraexplore count Llama-3.2-1B --rank 4 --method loha --csv | cut -d, -f5,6,8
| rank,alpha,trainable
| 4,8,524288
| 4,8,327680
$ loraexplore count Llama-3.2-1B --method loha --rank 4 --csv | cut -d, -f5,6,8
| rank,alpha,trainable
| 4,8,524288
| 4,8,327680
$ loraexplore count Llama-3.2-1B --method prompt_tuning --set num_virtual_tokens=20
| trainable params: 40,960 || all params: 1,235,855,360 || trainable%: 0.0033
|
| Llama-3.2-1B: llama, LlamaForCausalLM, 16 layers, 1,235,814,400 parameters, bf16 (assumed)
| prompt tuning (transformers 5.23, PEFT 0.21)
| with num_virtual_tokens 20
|
| beside them              copies  trainable
| once: prompt_embeddings       1     40,960
|
| between steps  this adapter  full fine-tuning
| frozen             2.30 GiB          2.30 GiB
| adapters         160.00 KiB               0 B
| gradients        160.00 KiB          2.30 GiB
| optimizer        320.00 KiB          4.60 GiB
| total              2.30 GiB          9.21 GiB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 163,960 bytes, 1 tensor, the method's own in fp32
$ loraexplore count Llama-3.2-1B --method adalora --set total_step=1000
~ AdaLoRA: rank 12, alpha 8, target default = q_proj,v_proj
$ loraexplore count gpt2 --method dora --target c_attn --explain
| trainable params: 322,560 || all params: 124,762,368 || trainable%: 0.2585
|
| gpt2: gpt2, GPT2LMHeadModel, 12 layers, 124,439,808 parameters, bf16 (assumed)
| DoRA: rank 8, alpha 16, target c_attn (transformers 5.23, PEFT 0.21)
|
| module                            kind       out x in  copies  rank  alpha  scale  trainable
| transformer.h.{0-11}.attn.c_attn  conv1d  2,304 × 768      12     8     16      2    322,560
|
| between steps  this adapter  full fine-tuning
| frozen           237.35 MiB        237.35 MiB
| adapters           1.23 MiB               0 B
| gradients          1.23 MiB        237.35 MiB
| optimizer          2.46 MiB        474.70 MiB
| total            242.27 MiB        949.40 MiB
|
| optimizer AdamW, adapter in fp32; activations not counted
| adapter file: 1,294,856 bytes, 36 tensors in fp32
|
| Where the numbers come from
| base_params
|     elements of every tensor of the model, tied weights once
|     the model's config.json and its architecture file
| trainable
|     sum over the adapted modules, and what trains beside them
|     Liu et al. 2024, arXiv 2402.09353; PEFT tuners/lora
| all
|     base_params + adapter_params + copies of modules_to_save
|     PEFT print_trainable_parameters
| trainable_percent
|     100 trainable / all
|     PEFT print_trainable_parameters
| scaling
|     the update's factor: alpha / rank in LoRA, alpha / sqrt(rank) in rsLoRA
|     Liu et al. 2024, arXiv 2402.09353; PEFT tuners/lora
| adapter_bytes
|     8 + header + bytes of each tensor that is stored
|     safetensors format; PEFT save_pretrained
| DoRA
|     LoRA on the direction, a trained vector for the magnitude
|     Liu et al. 2024, arXiv 2402.09353; PEFT tuners/lora
| dtype
|     bf16 is assumed: the config names none, --dtype says otherwise
|     the model's config.json
| transformer.h.{0-11}.attn.c_attn
|     lora_A 8 * 768 + lora_B 2,304 * 8 + lora_magnitude_vector 2,304, 12 times:
|     322,560
|     Liu et al. 2024, arXiv 2402.09353; PEFT tuners/lora
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
$ loraexplore count gpt2 --method vera --explain | tail -n 15
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
$ loraexplore sweep Llama-3.2-1B --method loha --ranks 1,2
| Llama-3.2-1B: llama, LlamaForCausalLM, 16 layers, 1,235,814,400 parameters, bf16 (assumed)
| LoHa: alpha 8, target default = q_proj,v_proj (transformers 5.23, PEFT 0.21)
|
| rank  trainable            all  trainable%  adapter file  between steps
|    1    212,992  1,236,027,392      0.0172    847.65 KiB       2.31 GiB
|    2    425,984  1,236,240,384      0.0345      1.64 MiB       2.31 GiB
$ loraexplore sweep gpt2 --method ia3 --ranks 1,2
! loraexplore: IA3 has no rank to sweep over, count it instead
? 1
$ loraexplore sweep gpt2 --target c_attn,nosuch --ranks 1 --json
~ "warnings": [
!~ nosuch

# The Python lines and the file say the same.
$ loraexplore count Llama-3.2-1B --rank 4 --alpha 3.5 --target q_proj,v_proj --layers 0-3,7 --rank-pattern v_proj=16 --alpha-pattern '.*q_proj=2' --python
| from peft import LoraConfig
|
| config = LoraConfig(
|     r=4,
|     lora_alpha=3.5,
|     target_modules=["q_proj", "v_proj"],
|     layers_to_transform=[0, 1, 2, 3, 7],
|     rank_pattern={"v_proj": 16},
|     alpha_pattern={".*q_proj": 2},
| )
$ loraexplore count Llama-3.2-1B --method ia3 --python
| from peft import IA3Config
|
| config = IA3Config(
|     target_modules=["k_proj", "v_proj", "down_proj"],
| )
$ loraexplore count Llama-3.2-1B --method prompt_tuning --set num_virtual_tokens=20 --python
| from peft import PromptTuningConfig
|
| config = PromptTuningConfig(
|     num_virtual_tokens=20,
|     task_type="CAUSAL_LM",
| )
$ loraexplore count Mixtral-8x7B --target-regex '.*"q\\_proj|.*\.q_proj' --python
| from peft import LoraConfig
|
| config = LoraConfig(
|     r=8,
|     lora_alpha=16,
|     target_modules=".*\"q\\\\_proj|.*\\.q_proj",
| )
$ loraexplore count Baichuan2-7B --method dora --set init_lora_weights=pissa --python 2>/dev/null
| from peft import LoraConfig
|
| config = LoraConfig(
|     r=8,
|     lora_alpha=16,
|     target_modules="all-linear",
|     use_dora=True,
|     init_lora_weights="pissa",
| )
$ loraexplore count Llama-3.2-1B --python --json
! loraexplore: --python writes Python; leave out --json, --csv and --explain
? 2

# What PEFT's class for the method does not take, PEFT refuses.
$ loraexplore count Llama-3.2-1B --method ia3 --rank 4
! loraexplore: IA3Config of PEFT 0.21 has no rank, leave out --rank
? 1
$ loraexplore count Llama-3.2-1B --alpha 4 --method vera
! loraexplore: VeraConfig of PEFT 0.21 has no alpha, leave out --alpha
? 1
$ loraexplore count Llama-3.2-1B --method vera --rank-pattern q=3
! loraexplore: VeraConfig of PEFT 0.21 has no rank_pattern, leave out --rank-pattern
? 1
$ loraexplore count Llama-3.2-1B --method prompt_tuning --target q_proj
! loraexplore: PromptTuningConfig of PEFT 0.21 has no target_modules, leave out --target
? 1
$ loraexplore count Llama-3.2-1B --set nonsense=1
! loraexplore: LoraConfig of PEFT 0.21 has no nonsense, --write-adapter-config - shows all its fields
? 1
$ loraexplore count Llama-3.2-1B --method bone
!~ PEFT 0.21 has no method BONE
? 1
$ loraexplore count Llama-3.2-1B --method bone --peft 0.18
~ Bone: rank 64, 
!~ PEFT 0.19 dropped Bone
$ loraexplore count Llama-3.2-1B --target all-linear --layers 1
!~ layers_to_transform
? 1
$ loraexplore count Llama-3.2-1B --target-regex '('
!~ no Python regular expression
? 1
$ loraexplore count Llama-3.2-1B --set 'rank_pattern=[1]'
!~ rank_pattern must be an object
? 1

# Values that no option takes.
$ loraexplore count gpt2 --method lorra
! loraexplore: --method lorra is no method of PEFT, the nearest are lora, dora or olora; loraexplore methods lists all
? 2
$ loraexplore count gpt2 --layers 3-1
! loraexplore: --layers takes layer numbers from 0 such as 0-3,7, not "3-1"
? 2
$ loraexplore count gpt2 --layers ''
! loraexplore: --layers takes layer numbers from 0 such as 0-3,7, not ""
? 2
$ loraexplore count gpt2 --rank-pattern c_attn
! loraexplore: --rank-pattern takes a module's name or a pattern and its rank, such as down_proj=16, not "c_attn"
? 2
$ loraexplore count gpt2 --rank-pattern c_attn=0
! loraexplore: --rank-pattern takes a module's name or a pattern and its rank, such as down_proj=16, not "c_attn=0"
? 2
$ loraexplore count gpt2 --alpha-pattern c_attn=
! loraexplore: --alpha-pattern takes a module's name or a pattern and its alpha, such as down_proj=32, not "c_attn="
? 2
$ loraexplore count gpt2 --rank-pattern "$(printf 'a\377=2')"
! loraexplore: --rank-pattern takes a pattern in UTF-8; check its bytes
? 2
$ loraexplore count gpt2 --bias some
! loraexplore: --bias takes none, all or lora_only (METHOD_only), not "some"
? 2
$ loraexplore count gpt2 --task chat
! loraexplore: --task takes CAUSAL_LM, SEQ_2_SEQ_LM, SEQ_CLS, TOKEN_CLS, QUESTION_ANS or FEATURE_EXTRACTION, not "chat"
? 2
$ loraexplore count gpt2 --exclude '[]'
! loraexplore: --exclude takes names such as lm_head,score, not "[]"
? 2
$ loraexplore count gpt2 --target-regex ''
! loraexplore: --target-regex takes a regular expression, not ""
? 2
$ loraexplore count gpt2 --set lora_bias
! loraexplore: --set takes a field of PEFT's configuration and its value, such as lora_bias=true, not "lora_bias"
? 2
$ loraexplore count gpt2 --set r=4
! loraexplore: --set r: use --rank
? 2
$ loraexplore count gpt2 --dora=yes
! loraexplore: --dora takes no value; write it without "="
? 2

# methods
$ loraexplore methods prompt
| --method                 0.18  0.21  what it does
| prompt_tuning            yes   yes   trained tokens in front of the input
| multitask_prompt_tuning  yes   yes   prompt tuning shared by tasks, low-rank for each
| adaption_prompt          yes   yes   gated tokens in the last layers' attention
$ loraexplore methods vera --csv
| name,peft_type,in_0.18,in_0.21,summary,config_class,source
| qalora,LORA,true,true,LoRA whose A reads averages of groups of inputs,LoraConfig,"Xu et al. 2023, arXiv 2309.14717; PEFT tuners/lora"
| vera,VERA,true,true,two trained vectors around shared random matrices,VeraConfig,"Kopiczko et al. 2023, arXiv 2310.11454; PEFT tuners/vera"
| pvera,PVERA,false,true,VeRA with a distribution in its middle,PveraConfig,"VeRA, probabilistic, arXiv 2512.07703; PEFT tuners/pvera"
$ loraexplore methods bone --json
| [
|   {
|     "name": "bone",
|     "peft_type": "BONE",
|     "in_0.18": true,
|     "in_0.21": false,
|     "summary": "block affine update, MiSS's ancestor",
|     "config_class": "BoneConfig",
|     "source": "Kang and Yin 2024, arXiv 2409.15371; PEFT tuners/bone"
|   }
| ]
$ loraexplore methods nothing-like-it
! loraexplore: warning: no method matches; `loraexplore methods` lists all
$ loraexplore methods | awk 'length > 100'
