# Pipes that close, streams that are full or closed, odd surroundings.

$ { loraexplore presets; echo "status $?" >&2; } | head -n 1
| name                            type                     parameters  layers  context
! status 0
$ { loraexplore spectrum sample:noise --values --csv; echo "status $?" >&2; } | head -n 1
| index,sigma,energy,relative_error
! status 0
$ loraexplore presets >/dev/full
! loraexplore: cannot write to standard output: No space left on device; send it somewhere else
? 1
$ loraexplore --help >/dev/full
! loraexplore: cannot write to standard output: No space left on device; send it somewhere else
? 1
$ loraexplore --version >/dev/full
! loraexplore: cannot write to standard output: No space left on device; send it somewhere else
? 1
$ loraexplore completion bash >/dev/full
! loraexplore: cannot write to standard output: No space left on device; send it somewhere else
? 1
$ loraexplore count Llama-2-7b --json >/dev/full
! loraexplore: cannot write to standard output: No space left on device; send it somewhere else
? 1
$ loraexplore count Llama-2-7b --target q_proj <&- | head -n 1
| trainable params: 2,097,152 || all params: 6,740,512,768 || trainable%: 0.0311
$ loraexplore count Llama-2-7b --target q_proj >&-
! loraexplore: cannot write to standard output: Bad file descriptor; send it somewhere else
? 1
$ loraexplore count no-such-model 2>&-
? 1
$ loraexplore count tests/data/hostile/good.json --csv --target q_proj 2>&-
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count no-such-model 2>/dev/full
? 1
$ env -i $(command -v loraexplore) count tests/data/hostile/good.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ HOME= loraexplore count tests/data/hostile/good.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ HOME=relative XDG_DATA_HOME=relative loraexplore count tests/data/hostile/good.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048

# A locale with a decimal comma, and one that is not there.
$ LC_ALL=de_DE.UTF-8 loraexplore count Llama-2-7b --target q_proj,v_proj --alpha 1.5 | head -n 4
| trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622
|
| Llama-2-7b: llama, LlamaForCausalLM, 32 layers, 6,738,415,616 parameters, bf16 (assumed)
| LoRA: rank 8, alpha 1.5, target q_proj,v_proj (transformers 5.23, PEFT 0.21)
$ LC_ALL=C loraexplore count tests/data/hostile/good.json --target q_proj | head -n 7
| trainable params: 2,048 || all params: 121,152 || trainable%: 1.6904
|
| tests/data/hostile/good.json: llama, LlamaForCausalLM, 2 layers, 119,104 parameters, bf16
| LoRA: rank 8, alpha 16, target q_proj (transformers 5.23, PEFT 0.21)
|
| module                               kind    out x in  copies  rank  alpha  scale  trainable
| model.layers.{0-1}.self_attn.q_proj  linear   64 x 64       2     8     16      2      2,048
$ LC_ALL=xx_XX loraexplore presets gpt2 --csv | head -n 1
| name,model_type,params,layers,context,source

# Interrupted.
$ timeout --preserve-status -s INT 0.3 loraexplore spectrum sample:noise --size 4096x4096
? 130
