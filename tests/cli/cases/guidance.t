# Messages that say what to do, and reports that say what was assumed.

# heads
$ loraexplore count gpt2 --task SEQ_CLS | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
! loraexplore: warning: GPT2LMHeadModel has no classification head, so none is copied: --class ForSequenceClassification
$ loraexplore count gpt2 --task TOKEN_CLS | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
! loraexplore: warning: GPT2LMHeadModel has no classification head, so none is copied: --class ForTokenClassification
$ loraexplore count gpt2 --task QUESTION_ANS | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
! loraexplore: warning: GPT2LMHeadModel has no head for questions, so none is copied: --class ForQuestionAnswering
$ echo '{"peft_type": "LORA", "task_type": "SEQ_CLS"}' | loraexplore count gpt2 --adapter-config - | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
! loraexplore: warning: GPT2LMHeadModel has no classification head, so none is copied: --class ForSequenceClassification
$ loraexplore count gpt2 --class ForSequenceClassification --task SEQ_CLS --num-labels 5 --csv | tr -d '\r'
| name,kind,shape,copies,rank,alpha,scaling,trainable
| transformer.h.{0-11}.attn.c_attn,conv1d,2304x768,12,8,16,2,294912
| score,saved,,1,,,,3840
$ loraexplore count Llama-3.1-8B --class ForSequenceClassification | sed -n 3p
| Llama-3.1-8B: llama, LlamaForSequenceClassification, 32 layers, 7,504,932,864 parameters, bf16 (assumed)
$ loraexplore count gpt2 --class ForCausalLM | sed -n 3p
| gpt2: gpt2, GPT2LMHeadModel, 12 layers, 124,439,808 parameters, bf16 (assumed)
$ loraexplore count gpt2 --num-labels 5 | sed -n 3p
| gpt2: gpt2, GPT2LMHeadModel, 12 layers, 124,439,808 parameters, bf16 (assumed)
! loraexplore: warning: --num-labels has no effect: GPT2LMHeadModel has no head with labels, --class ForSequenceClassification has one
$ loraexplore count gpt2 --num-labels none
! loraexplore: --num-labels takes a whole number from 1 to 16777216, not "none"
? 2

# a dtype that is assumed
$ loraexplore count gpt2 --dtype bf16 | sed -n 3p
| gpt2: gpt2, GPT2LMHeadModel, 12 layers, 124,439,808 parameters, bf16
$ loraexplore count gpt2 --json | grep dtype
|   "dtype": "bf16",
|   "dtype_assumed": true,
|   "adapter_dtype": "fp32",
$ loraexplore count gpt2 --json --dtype fp32 | grep dtype
|   "dtype": "fp32",
|   "adapter_dtype": "fp32",
$ loraexplore count gpt2 --explain | grep -A 2 '^dtype'
| dtype
|     bf16 is assumed: the config names none, --dtype says otherwise
|     the model's config.json

# what PEFT has no field for
$ loraexplore count gpt2 --method LoRA-FA --python
| from peft import LoraConfig
| from peft.optimizers import create_lorafa_optimizer
|
| config = LoraConfig(
|     r=8,
|     lora_alpha=16,
|     target_modules=["c_attn"],
| )
|
| # LoraConfig has no field for LoRA-FA: this optimizer makes it, with a rate of yours
| # optimizer = create_lorafa_optimizer(model=model, r=8, lora_alpha=16, lr=1e-4)
$ loraexplore count gpt2 --method lora-fa --write-adapter-config $T/a.json | head -n 1
| trainable params: 221,184 || all params: 124,734,720 || trainable%: 0.1773
! loraexplore: warning: PEFT has no field for LoRA-FA: the file says LoRA, its optimizer is peft.optimizers.create_lorafa_optimizer
$ loraexplore count gpt2 --method qalora | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
! loraexplore: warning: QALoRA needs a base that GPTQ quantised: without one PEFT makes plain LoRA of it, which is what is counted

# CSV has all that trains
$ loraexplore count gpt2 --modules-to-save lm_head --bias lora_only --csv | tr -d '\r'
| name,kind,shape,copies,rank,alpha,scaling,trainable
| transformer.h.{0-11}.attn.c_attn,conv1d,2304x768,12,8,16,2,294912
| transformer.h.{0-11}.attn.c_attn,bias,,12,,,,27648
| lm_head,saved,,1,,,,38597376
! loraexplore: warning: lm_head shares its weight with wte, modules_to_save copies lm_head alone and the two drift apart: set ensure_weight_tying to keep them one
$ for m in tinylora vera vblora prompt_tuning; do loraexplore count gpt2 --method $m $([ $m = prompt_tuning ] && echo --set num_virtual_tokens=20) --csv | tr -d '\r' | awk -F, 'NR > 1 { s += $NF } END { print s }'; done
| 768
| 30720
| 212992
| 15360
$ for m in tinylora vera vblora prompt_tuning; do loraexplore count gpt2 --method $m $([ $m = prompt_tuning ] && echo --set num_virtual_tokens=20) --json | sed -n 's/^  "trainable": \(.*\),/\1/p'; done
| 768
| 30720
| 212992
| 15360
$ loraexplore count Llama-2-7b --method lily --target q_proj | grep once
| once: base_model.lily_B.weight       1    262,144
| once: base_model.lily_A.weight      32  4,194,304

# names that are nearly right
$ loraexplore count gpt2 --method gralora --peft 0.18
! loraexplore: PEFT 0.18 has no method GRALORA; PEFT 0.21 has it (--peft 0.21)
? 1
$ loraexplore count gpt2 --set lora_baias=true
! loraexplore: LoraConfig of PEFT 0.21 has no lora_baias, the nearest fields are lora_bias, lora_alpha or bias
? 1
$ loraexplore count gpt2 --set nonsense=1
! loraexplore: LoraConfig of PEFT 0.21 has no nonsense, --write-adapter-config - shows all its fields
? 1
$ loraexplore count gpt2 --method prompt_tuning
! loraexplore: PROMPT_TUNING needs num_virtual_tokens, a whole number above 0: --set num_virtual_tokens=20
? 1
$ loraexplore count gpt2 --method prompt
! loraexplore: --method prompt is no method of PEFT, the nearest are prompt_tuning, adaption_prompt or multitask_prompt_tuning; loraexplore methods lists all
? 2
$ loraexplore count gpt2 --method adaption_prompt
! loraexplore: an adaption prompt needs adapter_len and adapter_layers: --set adapter_len=10 --set adapter_layers=30
? 1
$ loraexplore count ./nowhere/config.json
! loraexplore: there is no file or folder ./nowhere/config.json, give a model's config.json or a preset's name
? 1
$ loraexplore count zzzqqq
! loraexplore: no file, folder or preset is called "zzzqqq", give its config.json; `loraexplore presets` lists what is built in
? 1
$ loraexplore count mistrl-7b
! loraexplore: no file, folder or preset is called "mistrl-7b", the nearest presets are Mistral-7B-v0.1, Mistral-7B-v0.3 or Mistral-Small-24B
? 1
$ loraexplore count gpt2 --target all_linear
! loraexplore: --target all_linear: PEFT's word for every linear layer is all-linear
? 2
$ loraexplore count vit-base --target query
! loraexplore: no module of ViTForImageClassification matches the targets query, it has q_proj, k_proj, v_proj, o_proj, fc1, fc2 and classifier; transformers 4 has it (--transformers 4)
? 1
$ loraexplore count Llama-3.1-8B --target query
! loraexplore: no module of LlamaForCausalLM matches the targets query, it has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj and lm_head
? 1
$ loraexplore count Qwen3-Next-80B-A3B --target nothing
! loraexplore: no module of Qwen3NextForCausalLM matches the targets nothing, it has q_proj, k_proj, v_proj, o_proj, lm_head, gate_proj, up_proj, down_proj, shared_expert_gate, in_proj_qkvz, in_proj_ba and out_proj
? 1
$ touch $T/a.json; loraexplore count gpt2 --write-adapter-config $T/a.json 2>&1 | sed "s:$T/::"
| loraexplore: a.json exists, --force replaces it
$ touch $T/a.json; loraexplore count gpt2 --write-adapter-config $T/a.json --force | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364

# files that PEFT saved
$ echo '{"peft_type": "LORA", "inference_mode": true}' | loraexplore count gpt2 --adapter-config - | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
$ echo '{"peft_type": "LORA", "inference_mode": true}' | loraexplore count gpt2 --adapter-config - --explain | grep -A 2 inference_mode
| inference_mode
|     true, as in every saved file: the count is of what trains when it is false
|     PEFT save_pretrained
$ echo '{"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Llama-2-7b-hf"}' | loraexplore count gpt2 --adapter-config - | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
! loraexplore: warning: the adapter_config.json was made for meta-llama/Llama-2-7b-hf, this model is gpt2
$ echo '{"peft_type": "LORA", "base_model_name_or_path": "openai-community/gpt2"}' | loraexplore count gpt2 --adapter-config - | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364
$ echo '{"peft_type": "LORA", "base_model_name_or_path": "some/where/of/mine"}' | loraexplore count gpt2 --adapter-config - | head -n 1
| trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364

# the same words, and a rank that another setting rules
$ loraexplore count gpt2 --rslora | sed -n 4p
| rsLoRA: rank 8, alpha 16, target default = c_attn (transformers 5.23, PEFT 0.21)
$ loraexplore count gpt2 --method rslora | sed -n 4p
| rsLoRA: rank 8, alpha 16, target default = c_attn (transformers 5.23, PEFT 0.21)
$ loraexplore count Llama-3.1-8B --method oft | sed -n 4,7p
| OFT: target default = q_proj,v_proj (transformers 5.23, PEFT 0.21)
|
| module                                kind         out x in  copies  rank  scale  trainable
| model.layers.{0-31}.self_attn.q_proj  linear  4,096 × 4,096      32  -         1  2,031,616
$ loraexplore count Llama-3.1-8B --method oft --json | grep '"rank"'
|   "rank": null,
|       "rank": null,
|       "rank": null,
$ loraexplore count gpt2 --write-adapter-config - | grep task_type
|   "task_type": null,
$ loraexplore count t5-small --method prompt_tuning --set num_virtual_tokens=20 --write-adapter-config - | grep task_type
|   "task_type": "SEQ_2_SEQ_LM",
$ loraexplore count gpt2 --method adalora
! loraexplore: adalora's total_step must be greater than 0: the steps of the whole training, --set total_step=1000
? 1
$ loraexplore count gpt2 --explain --method dora | sed '1,/^Where/d' | awk 'length > 80'
