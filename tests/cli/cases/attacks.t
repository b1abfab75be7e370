# Found by people who tried to break it: each was a crash, a hang or a wrong count.

# a formula as long as a book, lets that double, shapes that all differ
$ mkdir -p $T/architectures; { printf 'class XForCausalLM\nlet h = 1'; i=0; while [ $i -lt 3000 ]; do printf '+1'; i=$((i+1)); done; printf '\nlinear a.q_proj [h, h]\n'; } > $T/architectures/deep.arch; echo '{"model_type":"deep"}' > $T/m.json; loraexplore count $T/m.json --presets $T --target q_proj
!~ too long a formula
? 1
$ mkdir -p $T/architectures; { echo 'class XForCausalLM'; echo 'let a0 = 1'; i=0; while [ $i -lt 38 ]; do echo "let a$((i+1)) = a$i + a$i"; i=$((i+1)); done; echo 'linear a.q_proj [a38, 1]'; } > $T/architectures/twice.arch; echo '{"model_type":"twice"}' > $T/m.json; loraexplore count $T/m.json --presets $T --target q_proj
!~ the architecture never ends
? 1
$ mkdir -p $T/architectures; printf 'class XForCausalLM\nfor l < 65536\nlinear a.{l}.q_proj [l+1, 4]\n' > $T/architectures/many.arch; echo '{"model_type":"many"}' > $T/m.json; loraexplore count $T/m.json --presets $T --target q_proj
!~ more than 1,024 different shapes
? 1
$ sed 's/"num_hidden_layers": 32/"num_hidden_layers": 20000/; s/"num_local_experts": 8/"num_local_experts": 500/' presets/models/Mixtral-8x7B-v0.1.json > $T/m.json; loraexplore count $T/m.json --transformers 4 --target w1
!~ 1,000,000 copies
? 1

# numbers in a target: PEFT's refusals hold there too
$ loraexplore count falcon-mamba-7b --target layers.0.mixer.out_proj
!~ on out_proj of model_type falcon_mamba
? 1
$ loraexplore count Llama-3.1-8B --target layers.0.self_attn,q_proj
!~ a block of modules
? 1
$ loraexplore count Llama-3.1-8B --target layers.0.input_layernorm
!~ is a norm
? 1
$ loraexplore count Llama-3.1-8B --target layers.99.q_proj,q_proj,nosuch
~ trainable params: 2,097,152
!~ the target nosuch matches no module

# the words of --target in quotes, as pasted from Python
$ loraexplore count Llama-3.1-8B --rank 16 --target "'all-linear'"
~ trainable params: 41,943,040

# a file in bf16 has two bytes a parameter; a convolution has in * kernel inputs
$ loraexplore count Llama-3.1-8B --adapter-dtype bf16 --json
~ "adapter_bytes": 6832728
$ loraexplore count vit-base-patch16-224 --target projection --optimizer adafactor --json
~ "optimizer": 52232

# bytes that no file of PEFT's can hold are refused, not dropped
$ loraexplore count gpt2 --target "$(printf 'c_attn,\377')"
! loraexplore: --target takes a value in UTF-8, not "c_attn,?"
? 2
$ loraexplore count gpt2 --exclude "$(printf 'c_attn,\377')"
! loraexplore: --exclude takes a value in UTF-8, not "c_attn,?"
? 2
$ loraexplore count gpt2 --exclude-regex "$(printf '\377')"
! loraexplore: --exclude-regex takes a value in UTF-8, not "?"
? 2
$ loraexplore count gpt2 --bias "$(printf '\377_only')"
! loraexplore: --bias takes a value in UTF-8, not "?_only"
? 2

# a NUL byte does not end the line, a number beyond all bounds is none
$ printf 'trainable params: 294,912 \000|| all params: 124,734,720' | loraexplore check - --model gpt2 --json
~ "all": 124734720
$ loraexplore check 'trainable params: 0e99 || all params: 124,734,720'
~ 124,734,720
$ loraexplore check 'trainable params: 0e99'
!~ no figure of parameters can be read
? 1

# what an option says does not reach the terminal as it is
$ loraexplore check 294912 --model gpt2 --target "$(printf 'c_attn,x\302\233\342\200\256')"
~ consistent: c_attn,x?? at r 8 on gpt2

# thousands of patterns cost no more than one file that has them; a later --set
# starts anew, a later pattern adds to it
$ timeout 10 loraexplore count gpt2 $(i=0; while [ $i -lt 5000 ]; do printf -- '--rank-pattern k%d=3 ' $i; i=$((i+1)); done)
~ trainable params: 294,912
!~ and 4995 more match no adapted module
$ loraexplore count gpt2 --rank-pattern c_proj=3 --set 'rank_pattern={"c_fc":2}' --rank-pattern c_attn=4
~ trainable params: 147,456
!~ the rank_pattern key c_fc matches no adapted module
