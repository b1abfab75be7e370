# bash completion for loraexplore; made by `loraexplore completion bash`
# shellcheck shell=bash disable=SC2194,SC2207
_loraexplore() {
    local cur=${COMP_WORDS[COMP_CWORD]}
    local prev=${COMP_WORDS[COMP_CWORD-1]}
    local command='' files='' words='' word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case " count sweep check spectrum presets methods completion help " in
        *" $word "*) command=$word; break ;;
        esac
    done
    case $prev in
    --adapter-config)
        compopt -o filenames
        COMPREPLY=($(compgen -f -- "$cur"))
        return ;;
    --method)
        COMPREPLY=($(compgen -W 'lora rslora dora lora_fa pissa olora eva loftq corda lora_ga mica qalora monteclora kasa velora adalora loha lokr oft boft hra miss bone c3a vera pvera randlora vblora fourierft waveft road shira ia3 ln_tuning trainable_tokens poly delora osf gralora hira peanut psoft deft glora beft supertuning adamss lily tinylora unilora frod prompt_tuning prefix_tuning p_tuning multitask_prompt_tuning cpt cartridge adaption_prompt shadow xlora' -- "$cur"))
        return ;;
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
    --target-regex)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --exclude)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --exclude-regex)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --layers)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --rank-pattern)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --alpha-pattern)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --modules-to-save)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --bias)
        COMPREPLY=($(compgen -W 'none all lora_only' -- "$cur"))
        return ;;
    --task)
        COMPREPLY=($(compgen -W 'CAUSAL_LM SEQ_2_SEQ_LM SEQ_CLS TOKEN_CLS QUESTION_ANS FEATURE_EXTRACTION' -- "$cur"))
        return ;;
    --set)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --model)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --class)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --num-labels)
        COMPREPLY=($(compgen -W '' -- "$cur"))
        return ;;
    --transformers)
        COMPREPLY=($(compgen -W '4 5' -- "$cur"))
        return ;;
    --peft)
        COMPREPLY=($(compgen -W '0.18 0.21' -- "$cur"))
        return ;;
    --presets)
        compopt -o filenames
        COMPREPLY=($(compgen -d -- "$cur"))
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
    --write-adapter-config)
        compopt -o filenames
        COMPREPLY=($(compgen -f -- "$cur"))
        return ;;
    --color)
        COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
        return ;;
    esac
    if [[ $cur == -* ]]; then
        case $command in
        '') words='--adapter-config --method --rank --alpha --target --target-regex --exclude --exclude-regex --layers --rank-pattern --alpha-pattern --modules-to-save --bias --rslora --dora --task --set --class --num-labels --transformers --peft --presets --dtype --adapter-dtype --optimizer --size --seed --driver --json --csv --explain --si --ascii --color --help --version' ;;
        count) words='--adapter-config --method --rank --alpha --target --target-regex --exclude --exclude-regex --layers --rank-pattern --alpha-pattern --modules-to-save --bias --rslora --dora --task --set --class --num-labels --transformers --peft --presets --dtype --adapter-dtype --optimizer --json --csv --python --explain --write-adapter-config --force --si --ascii --color --help --version' ;;
        sweep) words='--adapter-config --method --ranks --alpha --target --target-regex --exclude --exclude-regex --layers --rank-pattern --alpha-pattern --modules-to-save --bias --rslora --dora --task --set --class --num-labels --transformers --peft --presets --dtype --adapter-dtype --optimizer --json --csv --explain --si --ascii --color --help --version' ;;
        check) words='--adapter-config --method --rank --alpha --target --target-regex --exclude --exclude-regex --layers --rank-pattern --alpha-pattern --modules-to-save --bias --rslora --dora --task --set --model --class --num-labels --transformers --peft --presets --json --csv --explain --si --ascii --color --help --version' ;;
        spectrum) words='--rank --presets --size --seed --driver --precision --values --plot --json --csv --explain --si --ascii --color --help --version' ;;
        presets) words='--presets --json --csv --explain --si --ascii --color --help --version' ;;
        methods) words='--presets --json --csv --explain --si --ascii --color --help --version' ;;
        completion) words='--help --version' ;;
        help) words='--help --version' ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        return
    fi
    [[ -z $command ]] && words='count sweep check spectrum presets methods completion help'
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
        words='count sweep check spectrum presets methods completion help' ;;
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
