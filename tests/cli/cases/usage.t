# Wrong calls: status 2, one line on standard error, nothing on standard output.

$ loraexplore --rnak 3
! loraexplore: unknown option --rnak; the nearest is --rank
? 2
$ loraexplore count Llama-2-7b --ran 3
! loraexplore: option --ran is ambiguous: --rank, --ranks, --rank-pattern
? 2
$ loraexplore count Llama-2-7b --frobnicate
! loraexplore: unknown option --frobnicate; see loraexplore --help
? 2
$ loraexplore count Llama-2-7b -x
! loraexplore: unknown option -x; see loraexplore --help
? 2
$ loraexplore count Llama-2-7b --json=yes
! loraexplore: --json takes no value; write it without "="
? 2
$ loraexplore count Llama-2-7b --rank
! loraexplore: --rank needs a value: --rank N
? 2
$ loraexplore count Llama-2-7b --values
! loraexplore: count has no option --values; see loraexplore count --help
? 2
$ loraexplore count
! loraexplore: count needs an operand; write loraexplore count MODEL
? 2
$ loraexplore count Llama-2-7b gpt2
! loraexplore: "gpt2" is one operand too many; write loraexplore count MODEL
? 2
$ loraexplore cuont Llama-2-7b
! loraexplore: unknown command "cuont"; the nearest is count
? 2
$ loraexplore Llama-2-7b gpt2
! loraexplore: "Llama-2-7b" is no command and one MODEL is enough; see loraexplore --help
? 2
$ loraexplore presets llama gpt
! loraexplore: "gpt" is one operand too many; write loraexplore presets [PATTERN]
? 2
$ loraexplore help cuont
! loraexplore: unknown command "cuont"; the nearest is count
? 2
$ loraexplore completion tcsh
! loraexplore: no completion for "tcsh"; ask for bash, zsh or fish
? 2
$ loraexplore sweep Llama-2-7b
! loraexplore: sweep needs --ranks; write loraexplore sweep Llama-2-7b --ranks 1..64x2
? 2
$ loraexplore count Llama-2-7b --json --csv
! loraexplore: --json and --csv exclude each other; give one
? 2

# A word that is no model may be a command mistyped.
$ loraexplore prests
! loraexplore: no file, folder or preset is called "prests", give its config.json; `loraexplore presets` lists what is built in; or did you mean the command presets?
? 2

# Values out of their range.
$ loraexplore count Llama-2-7b --rank 0
! loraexplore: --rank takes a whole number from 1 to 1048576, not "0"
? 2
$ loraexplore count Llama-2-7b --rank -1
! loraexplore: --rank takes a whole number from 1 to 1048576, not "-1"
? 2
$ loraexplore count Llama-2-7b --rank 1e3
! loraexplore: --rank takes a whole number from 1 to 1048576, not "1e3"
? 2
$ loraexplore count Llama-2-7b --rank 08x
! loraexplore: --rank takes a whole number from 1 to 1048576, not "08x"
? 2
$ loraexplore count Llama-2-7b --rank ''
! loraexplore: --rank takes a whole number from 1 to 1048576, not ""
? 2
$ loraexplore count Llama-2-7b --rank ' 8'
! loraexplore: --rank takes a whole number from 1 to 1048576, not " 8"
? 2
$ loraexplore count Llama-2-7b --rank +8
! loraexplore: --rank takes a whole number from 1 to 1048576, not "+8"
? 2
$ loraexplore count Llama-2-7b --rank 18446744073709551617
! loraexplore: --rank takes a whole number from 1 to 1048576, not "18446744073709551617"
? 2
$ loraexplore count Llama-2-7b --alpha nan
! loraexplore: --alpha takes a number from 0 to 1000000000, not "nan"
? 2
$ loraexplore count Llama-2-7b --alpha -1
! loraexplore: --alpha takes a number from 0 to 1000000000, not "-1"
? 2
$ loraexplore count Llama-2-7b --alpha 1,5
! loraexplore: --alpha takes a number from 0 to 1000000000, not "1,5"
? 2
$ loraexplore count Llama-2-7b --transformers five
! loraexplore: --transformers takes a version such as 4.57 or 5, not "five"
? 2
$ loraexplore count Llama-2-7b --transformers 5.
! loraexplore: --transformers takes a version such as 4.57 or 5, not "5."
? 2
$ loraexplore count Llama-2-7b --peft v0.18
! loraexplore: --peft takes a version such as 0.18 or 0.21, not "v0.18"
? 2
$ loraexplore count Llama-2-7b --dtype fp64
! loraexplore: --dtype takes fp32, bf16 or fp16, not "fp64"
? 2
$ loraexplore count Llama-2-7b --optimizer adamww
! loraexplore: no optimizer is called "adamww": the nearest are adamw, adam or adamw_hf
? 2
$ loraexplore count Llama-2-7b --method loraa
! loraexplore: --method loraa is no method of PEFT, the nearest are lora, dora or lora_fa; loraexplore methods lists all
? 2
$ loraexplore count Llama-2-7b --color sometimes
! loraexplore: --color takes auto, always or never, not "sometimes"
? 2
$ loraexplore spectrum sample:noise --size 512
! loraexplore: --size takes rows and columns from 1 to 65536, such as 512x512, not "512"
? 2
$ loraexplore spectrum sample:noise --size 0x4
! loraexplore: --size takes rows and columns from 1 to 65536, such as 512x512, not "0x4"
? 2
$ loraexplore spectrum sample:noise --seed -1
! loraexplore: --seed takes a whole number from 0, not "-1"
? 2
$ loraexplore spectrum sample:noise --driver fastest
! loraexplore: --driver takes auto or golub or gsl, not "fastest"
? 2
$ loraexplore sweep Llama-2-7b --ranks 1,,2
! loraexplore: --ranks takes a list such as 1,2,4,8 or 1..64 or 1..256x2, not "1,,2"
? 2
$ loraexplore sweep Llama-2-7b --ranks 8..1
! loraexplore: --ranks takes a list such as 1,2,4,8 or 1..64 or 1..256x2, not "8..1"
? 2
$ loraexplore sweep Llama-2-7b --ranks 1..8x1
! loraexplore: --ranks takes a list such as 1,2,4,8 or 1..64 or 1..256x2, not "1..8x1"
? 2
$ loraexplore sweep Llama-2-7b --ranks 0..8
! loraexplore: --ranks takes a list such as 1,2,4,8 or 1..64 or 1..256x2, not "0..8"
? 2
$ loraexplore sweep Llama-2-7b --ranks 1..100000
! loraexplore: --ranks takes at most 4096 ranks; ask for fewer, e.g. 1..256x2
? 2

# Known, but not part of this version.
$ loraexplore memory Llama-2-7b
! loraexplore: memory is not part of this version; `count` shows the memory between steps
? 2
$ loraexplore fit Llama-2-7b --vram 24GiB
! loraexplore: fit is not part of this version; `sweep` shows what each rank costs between steps
? 2
$ loraexplore inspect .
! loraexplore: inspect is not part of this version; `count` reads a config.json, `spectrum` a .npy
? 2
$ loraexplore scan .
! loraexplore: scan is not part of this version; `spectrum` reads one matrix at a time
? 2
$ loraexplore recommend . --energy 0.9
! loraexplore: recommend is not part of this version; `spectrum` shows the rank for 90, 95 and 99 % of the energy
? 2
$ loraexplore lesson
! loraexplore: lesson is not part of this version; the explorer's `?` lists what to try
? 2
$ loraexplore train-toy
! loraexplore: train-toy is not part of this version; `spectrum sample:lora` shows what a trained LoRA can hold
? 2
$ loraexplore merge a b
! loraexplore: merge is not part of this version; there are no scans to join yet
? 2
$ loraexplore count Llama-2-7b --quant nf4
! loraexplore: --quant is not part of this version; loraexplore --help lists what is
? 2
$ loraexplore spectrum sample:noise --precision float
! loraexplore: --precision float is not part of this version; use double
? 2
$ loraexplore spectrum sample:noise --driver krylov
! loraexplore: --driver krylov is not part of this version; use auto or golub or gsl
? 2
$ loraexplore spectrum sample:noise --plot --json
! loraexplore: --plot draws text; leave out --json or --csv
? 2
