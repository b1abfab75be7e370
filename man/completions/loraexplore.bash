# bash completion for loraexplore; made by `loraexplore completion bash`
# shellcheck shell=bash disable=SC2194,SC2207
_loraexplore() {
    local cur=${COMP_WORDS[COMP_CWORD]}
    local prev=${COMP_WORDS[COMP_CWORD-1]}
    local command='' files='' words='' word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case " count sweep spectrum presets completion help " in
        *" $word "*) command=$word; break ;;
        esac
    done
    case $prev in
    --rank)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --ranks)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --alpha)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --target)
        COMPREPLY=($(compgen -W 'default all-linear none' -- "$cur"))
        return ;;
    --method)
        COMPREPLY=($(compgen -W 'lora' -- "$cur"))
        return ;;
    --class)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --transformers)
        COMPREPLY=($(compgen -W '4 5' -- "$cur"))
        return ;;
    --peft)
        COMPREPLY=($(compgen -W '0.18 0.21' -- "$cur"))
        return ;;
    --dtype)
        COMPREPLY=($(compgen -W 'fp32 bf16 fp16' -- "$cur"))
        return ;;
    --adapter-dtype)
        COMPREPLY=($(compgen -W 'fp32 bf16 fp16' -- "$cur"))
        return ;;
    --optimizer)
        COMPREPLY=($(compgen -W 'adamw adamw_torch_fused adamw_8bit paged_adamw_32bit adamw_torch_8bit sgd sgd_momentum adafactor lion lion_32bit lion_8bit ademamix ademamix_8bit adagrad rmsprop rmsprop_bnb rmsprop_bnb_8bit schedule_free_adamw schedule_free_sgd' -- "$cur"))
        return ;;
    --size)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --seed)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --driver)
        COMPREPLY=($(compgen -W 'auto golub gsl' -- "$cur"))
        return ;;
    --precision)
        COMPREPLY=($(compgen -W 'double' -- "$cur"))
        return ;;
    --presets)
        compopt -o filenames
        COMPREPLY=($(compgen -d -- "$cur"))
        return ;;
    --color)
        COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
        return ;;
    esac
    if [[ $cur == -* ]]; then
        case $command in
        '') words='--rank --alpha --target --method --class --transformers --peft --dtype --adapter-dtype --optimizer --size --seed --driver --presets --json --csv --explain --si --ascii --color --help --version' ;;
        count) words='--rank --alpha --target --method --class --transformers --peft --dtype --adapter-dtype --optimizer --presets --json --csv --explain --si --ascii --color --help --version' ;;
        sweep) words='--ranks --alpha --target --method --class --transformers --peft --dtype --adapter-dtype --optimizer --presets --json --csv --explain --si --ascii --color --help --version' ;;
        spectrum) words='--rank --size --seed --driver --precision --values --plot --presets --json --csv --explain --si --ascii --color --help --version' ;;
        presets) words='--presets --json --csv --si --ascii --color --help --version' ;;
        completion) words='--help --version' ;;
        help) words='--help --version' ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        return
    fi
    [[ -z $command ]] && words='count sweep spectrum presets completion help'
    case $command in
    '' | count | sweep)
        words+=" $(loraexplore presets --csv 2>/dev/null |
            sed '1d;s/,.*//')"
        files=yes ;;
    spectrum)
        files=yes
        words='sample:power-law sample:exact-rank sample:lora sample:noise sample:spiked sample:sam-v sample:opt-v sample:qwen2.5-q sample:gpt2-attn sample:gpt2-mlp' ;;
    completion)
        words='bash zsh fish' ;;
    help)
        words='count sweep spectrum presets completion help' ;;
    esac
    if [[ $prev == : || $cur == : ]]; then
        # readline ends a word at the colon of sample:NAME
        words=${words//sample:/}
        cur=${cur#:}
    fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    [[ -z $files ]] && return
    compopt -o filenames
    COMPREPLY+=($(compgen -f -- "$cur"))
}
complete -F _loraexplore loraexplore
