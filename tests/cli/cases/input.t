# Bad input: status 1, one line on standard error, nothing on standard output.

$ loraexplore count no-such-model
! loraexplore: no file, folder or preset is called "no-such-model", give its config.json; `loraexplore presets` lists what is built in
? 1
$ loraexplore count llama
! loraexplore: the model "llama" could be any of 15 presets (Llama-2-13b, Llama-2-70b, Llama-2-7b, Llama-3.1-405B, Llama-3.1-70B, Llama-3.1-8B, ...), type more of its name
? 1
$ loraexplore count Llama-2-7b --target nothing_like_this
! loraexplore: no module of LlamaForCausalLM matches the targets nothing_like_this, it has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj and lm_head
? 1
$ loraexplore count Llama-2-7b --class NoSuchClass
! loraexplore: Llama-2-7b: --class NoSuchClass: no class of a name like that is known, it must end in one of ForCausalLM, ForConditionalGeneration, ForMaskedLM, LMHeadModel, ForSequenceClassification, ForTokenClassification, ForQuestionAnswering, ForImageClassification and Model
? 1
$ loraexplore count Llama-2-7b --presets /no/such/folder
! loraexplore: there is no presets folder "/no/such/folder"; name one that exists
? 1
$ loraexplore spectrum sample:nose
! loraexplore: no sample is named "nose"; the nearest is sample:noise
? 1
$ loraexplore spectrum no-such-file.npy
! loraexplore: cannot read "no-such-file.npy": no such file or folder; check the spelling
? 1

# Hostile configurations.
$ loraexplore count tests/data/hostile/binary.json --csv --target q_proj
! loraexplore: tests/data/hostile/binary.json:1:1: the text ends too early; check that the file is complete
? 1
$ loraexplore count tests/data/hostile/bom.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count tests/data/hostile/class-number.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count tests/data/hostile/class-unknown.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
! loraexplore: warning: the class LlamaForSomethingElse is not known: counted as LlamaForCausalLM
$ loraexplore count tests/data/hostile/deep.json --csv --target q_proj
! loraexplore: tests/data/hostile/deep.json:1:2049: lists and objects are nested too deeply; at most 2048 levels are read
? 1
$ loraexplore count tests/data/hostile/duplicate-keys.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count tests/data/hostile/empty.json --csv --target q_proj
! loraexplore: tests/data/hostile/empty.json:1:1: the text ends too early; check that the file is complete
? 1
$ loraexplore count tests/data/hostile/escape.json --csv --target q_proj
! loraexplore: tests/data/hostile/escape.json: no architecture is known for model_type "?[31mred?"; the nearest are RefinedWeb, cohere or cohere2
? 1
$ loraexplore count tests/data/hostile/exponent.json --csv --target q_proj
! loraexplore: tests/data/hostile/exponent.json:6:22: the number is too large: whole numbers go to 9223372036854775807, others to 1.8e308
? 1
$ loraexplore count tests/data/hostile/float-whole.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count tests/data/hostile/fractional.json --csv --target q_proj
! loraexplore: tests/data/hostile/fractional.json: hidden_size is 64.5, a whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/good.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count tests/data/hostile/huge.json --csv --target q_proj
! loraexplore: tests/data/hostile/huge.json:6:40: the number is too large: whole numbers go to 9223372036854775807, others to 1.8e308
? 1
$ loraexplore count tests/data/hostile/infinity.json --csv --target q_proj
! loraexplore: tests/data/hostile/infinity.json: hidden_size is Infinity, a whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/list-number.json --csv --target q_proj
! loraexplore: tests/data/hostile/list-number.json: hidden_size is a list or an object, a whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/list.json --csv --target q_proj
! loraexplore: tests/data/hostile/list.json: this is no model's config: an object with a model_type is needed
? 1
$ loraexplore count tests/data/hostile/malformed.json --csv --target q_proj
! loraexplore: tests/data/hostile/malformed.json:3:18: this is not JSON (':' expected near '64'); correct it there
? 1
$ loraexplore count tests/data/hostile/nan-elsewhere.json --csv --target q_proj
| name,kind,shape,copies,rank,alpha,scaling,trainable
| model.layers.{0-1}.self_attn.q_proj,linear,64x64,2,8,16,2,2048
$ loraexplore count tests/data/hostile/nan.json --csv --target q_proj
! loraexplore: tests/data/hostile/nan.json: hidden_size is NaN, a whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/negative.json --csv --target q_proj
! loraexplore: tests/data/hostile/negative.json: hidden_size is -64, a positive whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/no-hidden-size.json --csv --target q_proj
! loraexplore: tests/data/hostile/no-hidden-size.json: the key hidden_size is missing, which model_type llama needs for model.embed_tokens; the nearest keys in it are vocab_size or model_type
? 1
$ loraexplore count tests/data/hostile/no-type.json --csv --target q_proj
! loraexplore: tests/data/hostile/no-type.json: the key model_type is missing, this is no model's config.json
? 1
$ loraexplore count tests/data/hostile/not-utf8.json --csv --target q_proj
! loraexplore: tests/data/hostile/not-utf8.json:1:18: the bytes are not UTF-8; save the file as UTF-8
? 1
$ loraexplore count tests/data/hostile/nul.json --csv --target q_proj
! loraexplore: tests/data/hostile/nul.json:1:19: this is not JSON (control character 0x0 near '"lla'); correct it there
? 1
$ loraexplore count tests/data/hostile/null-number.json --csv --target q_proj
! loraexplore: tests/data/hostile/null-number.json: hidden_size is null, a whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/overflow.json --csv --target q_proj
! loraexplore: tests/data/hostile/overflow.json: model.embed_tokens is larger than can be counted (2^64)
? 1
$ loraexplore count tests/data/hostile/short-list.json --csv --target q_proj
! loraexplore: tests/data/hostile/short-list.json: layer_types has 5 entries, entry number 6 is needed: the list is shorter than the layers
? 1
$ loraexplore count tests/data/hostile/text-number.json --csv --target q_proj
! loraexplore: tests/data/hostile/text-number.json: hidden_size is the text "64", a whole number is needed for model.embed_tokens
? 1
$ loraexplore count tests/data/hostile/truncated.json --csv --target q_proj
! loraexplore: tests/data/hostile/truncated.json:7:23: the text ends too early; check that the file is complete
? 1
$ loraexplore count tests/data/hostile/two-billion-layers.json --csv --target q_proj
! loraexplore: tests/data/hostile/two-billion-layers.json: num_hidden_layers is 2,000,000,000, more than the 65,536 repetitions that any model has
? 1
$ loraexplore count tests/data/hostile/type-number.json --csv --target q_proj
! loraexplore: tests/data/hostile/type-number.json: model_type must be a string
? 1
$ loraexplore count tests/data/hostile/unknown-type.json --csv --target q_proj
! loraexplore: tests/data/hostile/unknown-type.json: no architecture is known for model_type "lama"; the nearest are llama, jamba or lfm2
? 1
$ loraexplore count tests/data/hostile/zero.json --csv --target q_proj
! loraexplore: tests/data/hostile/zero.json: hidden_size is 0, a positive whole number is needed for model.embed_tokens
? 1

# What is no regular file, or too much of one.
$ loraexplore count tests/data/hostile/folder-without-config
! loraexplore: tests/data/hostile/folder-without-config: the folder has no config.json
? 1
$ mkfifo $T/pipe && cd $T && loraexplore count pipe
! loraexplore: cannot read "pipe": it is a named pipe; name a regular file
? 1
$ loraexplore count /dev/zero
! loraexplore: cannot read "/dev/zero": it is a device; name a regular file
? 1
$ cd $T && dd if=/dev/zero of=big.json bs=1 count=0 seek=10737418240 2>/dev/null && loraexplore count big.json
! loraexplore: "big.json" holds 10737418240 bytes and at most 16777216 are read here; check that it is the right file
? 1
$ cd $T && : >empty.npy && loraexplore spectrum empty.npy
! loraexplore: empty.npy: the file is empty; save it again
? 1
$ cd $T && ln -s nowhere dangling && loraexplore count dangling
! loraexplore: cannot read "dangling": no such file or folder; check the spelling
? 1

# Names that try to paint the terminal.
$ loraexplore count "$(printf 'a\033[31mb\302\233c')"
! loraexplore: no file, folder or preset is called "a?[31mb?c", give its config.json; `loraexplore presets` lists what is built in
? 1
