# adapter_config.json, read and written.

# What the file lacks is PEFT's (rank 8, alpha 8); later options override.
$ echo '{"peft_type": "LORA", "target_modules": ["q_proj"]}' >$T/a.json; loraexplore count Llama-2-7b --adapter-config $T/a.json --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,8,8,1,2097152
$ loraexplore count Llama-2-7b --adapter-config tests/data/peft/adapter-0.21 --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,16,32,2,4194304
| model.layers.{0-31}.self_attn.v_proj,linear,4096x4096,32,16,32,2,4194304
$ loraexplore count Llama-2-7b --rank 4 --adapter-config tests/data/peft/adapter-0.18/adapter_config.json --target q_proj --csv
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,16,32,2,4194304
$ loraexplore count Llama-2-7b --adapter-config - --csv <tests/data/peft/adapter-0.21/adapter_config.json
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-31}.self_attn.q_proj,linear,4096x4096,32,16,32,2,4194304
| model.layers.{0-31}.self_attn.v_proj,linear,4096x4096,32,16,32,2,4194304
$ echo '{"peft_type": "LORA", "use_dora": true, "target_modules": "all-linear", "r": 4}' >$T/a.json; loraexplore count Llama-2-7b --adapter-config $T/a.json | sed -n 4p
| DoRA: rank 4, alpha 8, target all-linear = q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj (transformers 5.23, PEFT 0.21)
$ echo '{"peft_type": "VERA", "r": 64}' >$T/a.json; loraexplore count Llama-2-7b --adapter-config $T/a.json --rank 32 | sed -n 4p
| VeRA: rank 32, target default = q_proj,v_proj (transformers 5.23, PEFT 0.21)

# Keys that PEFT does not know are kept, with a warning.
$ echo '{"peft_type": "LORA", "target_modules": ["q_proj"], "unheard_of": {"a": [1, 2.5, null]}}' >$T/a.json; loraexplore count Llama-2-7b --adapter-config $T/a.json --write-adapter-config - | grep -A 7 unheard_of
|   "unheard_of": {
|     "a": [
|       1,
|       2.5,
|       null
|     ]
|   },
|   "use_bdlora": null,
!~ unheard_of

# Written: every field of the method, as PEFT orders them; null is PEFT's to find.
$ loraexplore count gpt2 --method ia3 --write-adapter-config -
| {
|   "auto_mapping": null,
|   "base_model_name_or_path": null,
|   "exclude_modules": null,
|   "fan_in_fan_out": false,
|   "feedforward_modules": null,
|   "inference_mode": false,
|   "init_ia3_weights": true,
|   "modules_to_save": null,
|   "peft_type": "IA3",
|   "peft_version": null,
|   "revision": null,
|   "target_modules": null,
|   "task_type": null
| }
$ loraexplore count gpt2 --dora --rank-pattern 'c_attn=2' --write-adapter-config $T/new.json | head -n 1; loraexplore count gpt2 --adapter-config $T/new.json | head -n 1
| trainable params: 101,376 || all params: 124,541,184 || trainable%: 0.0814
| trainable params: 101,376 || all params: 124,541,184 || trainable%: 0.0814
$ loraexplore count Baichuan2-7B --write-adapter-config - 2>/dev/null | grep target_modules
|   "target_modules": "all-linear",
$ loraexplore count gpt2 --method prompt_tuning --set num_virtual_tokens=4 --write-adapter-config - | grep task_type
|   "task_type": "CAUSAL_LM",
$ loraexplore count gpt2 --adapter-config tests/data/peft/adapter-0.21 --target c_attn --write-adapter-config - | grep -E '"(r|lora_alpha|lora_dropout)"'
|   "lora_alpha": 32,
|   "lora_dropout": 0.05,
|   "r": 16,

# A file that exists is left alone, unless --force says otherwise.
$ cd $T && echo mine >a.json && loraexplore count gpt2 --write-adapter-config a.json; cat a.json
| mine
!~ a.json
$ cd $T && echo mine >a.json && loraexplore count gpt2 --write-adapter-config a.json --force >/dev/null && head -n 1 a.json
| {
$ cd $T && loraexplore count gpt2 --write-adapter-config no/such/folder.json
!~ no/such/folder.json
? 1
$ cd $T && loraexplore count gpt2 --target nosuch --write-adapter-config a.json; ls
!~ nosuch
$ loraexplore count gpt2 --write-adapter-config - --json
! loraexplore: --write-adapter-config - takes standard output; name a file, or leave out the other format
? 2
$ loraexplore count gpt2 --write-adapter-config ''
! loraexplore: --write-adapter-config takes a file's name, or - for standard output, not ""
? 2
$ loraexplore count gpt2 --write-adapter-config - >/dev/full
! loraexplore: cannot write to standard output: No space left on device; send it somewhere else
? 1
$ loraexplore sweep gpt2 --ranks 1 --write-adapter-config -
! loraexplore: sweep has no option --write-adapter-config; see loraexplore sweep --help
? 2

# Bad files.
$ loraexplore count gpt2 --adapter-config $T/none.json 2>&1 | sed "s|$T|T|"
| loraexplore: cannot read "T/none.json": no such file or folder; check the spelling
$ cd $T && mkdir a && loraexplore count gpt2 --adapter-config a
! loraexplore: cannot read "a/adapter_config.json": no such file or folder; check the spelling
? 1
$ cd $T && mkfifo pipe && loraexplore count gpt2 --adapter-config pipe
! loraexplore: cannot read "pipe": it is a named pipe; name a regular file
? 1
$ loraexplore count gpt2 --adapter-config /dev/zero
! loraexplore: cannot read "/dev/zero": it is a device; name a regular file
? 1
$ cd $T && dd if=/dev/zero of=big.json bs=1 count=0 seek=10737418240 2>/dev/null && loraexplore count gpt2 --adapter-config big.json
! loraexplore: "big.json" holds 10737418240 bytes and at most 16777216 are read here; check that it is the right file
? 1
$ cd $T && : >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json:1:1: the text ends too early; check that the file is complete
? 1
$ cd $T && echo '{"peft_type": "LORA",' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json:2:1: the text ends too early; check that the file is complete
? 1
$ cd $T && echo '[1]' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: an object is needed, this is no adapter_config.json
? 1
$ cd $T && echo '{"r": 8}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: the key peft_type is missing, this is no adapter_config.json
? 1
$ cd $T && echo '{"peft_type": "lora"}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: the peft_type "lora" is unknown, PEFT writes it in capitals (LORA)
? 1
$ cd $T && echo '{"peft_type": "LORA", "r": "8"}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: r must be a whole number
? 1
$ cd $T && echo '{"peft_type": "LORA", "r": 0}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: lora cannot adapt transformer.h.{0-11}.attn.c_attn: its rank must be 1 or more
? 1
$ cd $T && echo '{"peft_type": "LORA", "r": -3}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: r is -3, from 1 to 1048576 is possible
? 1
$ cd $T && echo '{"peft_type": "LORA", "r": 1e400}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json:1:32: the number is too large: whole numbers go to 9223372036854775807, others to 1.8e308
? 1
$ cd $T && echo '{"peft_type": "LORA", "lora_alpha": "x"}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: lora_alpha must be a number
? 1
$ cd $T && echo '{"peft_type": "LORA", "target_modules": [1]}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: target_modules must be a list of strings, a string or null
? 1
$ cd $T && echo '{"peft_type": "LORA", "bias": 3}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json: bias must be a string
? 1
$ cd $T && echo '{"peft_type": "LORA", "target_modules": "(a"}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: the target's regular expression: '(a' is no Python regular expression: missing ), unterminated subpattern at position 0
? 1
$ cd $T && printf '{"peft_type": "LO\033[31mRA\302\233"}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json:1:17: this is not JSON (control character 0x1b near '"LO'); correct it there
? 1
$ cd $T && printf '{"peft_type": "LORA", "target_modules": ["\\u001b[31m\\u202e"]}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: no module of GPT2LMHeadModel matches the targets ?[31m?, it has c_attn, c_proj, c_fc and lm_head
? 1
$ cd $T && printf '{"peft_type": "LORA", "x": "\377"}' >a.json && loraexplore count gpt2 --adapter-config a.json
! loraexplore: a.json:1:28: the bytes are not UTF-8; save the file as UTF-8
? 1
$ loraexplore count - --adapter-config - </dev/null
! loraexplore: MODEL and --adapter-config cannot both be standard input; name a file for one of them
? 2
