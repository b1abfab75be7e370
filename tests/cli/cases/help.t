# What the tables write.

$ loraexplore --help
| Usage: loraexplore [MODEL] [options]
|        loraexplore COMMAND [operands] [options]
|
| What a LoRA rank costs, and what rank the update needs.
| Without a command it opens the explorer, or prints what `count`
| prints when standard output is no terminal.
|
| MODEL   a config.json, a folder that holds one, or a built-in name:
|         see `loraexplore presets`; meta-llama/Llama-3.1-8B works too
| SOURCE  sample:NAME or a .npy file
|
| Commands:
|   count MODEL                 parameters, adapter bytes, memory between steps
|   sweep MODEL --ranks LIST    count, one row per rank
|   check LINE                  which settings print this line; is a claim true
|   spectrum SOURCE             singular values and the ranks they suggest
|   presets [PATTERN]           the models that are built in, by name or type
|   methods [PATTERN]           the methods of PEFT, by name or what they do
|   completion SHELL            print completions for bash, zsh or fish
|   help [COMMAND]              show this, or a command's options
|
| The adapter:
|       --adapter-config FILE
|                           PEFT's adapter_config.json, or its folder
|       --method NAME       method of PEFT: see loraexplore methods [lora]
|   -r, --rank N            LoRA rank r; on a spectrum, the rank to look at [8]
|       --ranks LIST        ranks to count: 1,2,4,8 or 1..64 or 1..256x2 (sweep)
|   -a, --alpha X           lora_alpha; an update is scaled by alpha / rank [16]
|   -t, --target LIST       module names, all-linear, default or none [default]
|       --target-regex RE   modules whose whole name matches
|       --exclude LIST      module names to leave alone
|       --exclude-regex RE  modules to leave alone, by whole name
|       --layers LIST       layers to adapt, such as 0-3,7; else all
|       --rank-pattern K=N  rank N where K matches; repeatable, first hit
|       --alpha-pattern K=X alpha X where K matches; repeatable, first hit
|       --modules-to-save LIST
|                           modules to train whole, as copies
|       --bias WHICH        biases to train: none, all or lora_only [none]
|       --rslora            scale by alpha / sqrt(rank)
|       --dora              train magnitudes too: DoRA
|       --task TYPE         PEFT's task_type, such as CAUSAL_LM
|       --set KEY=VALUE     any other field of PEFT's, in JSON
|
| The model:
|       --model MODEL       the model that the line is said to be of (check)
|       --class NAME        transformers class; the config's own otherwise
|       --num-labels N      labels of a head that classifies; else the config's
|       --transformers V    version whose module names count: 4 or 5 [5]
|       --peft V            version whose rules count: 0.18 or 0.21 [0.21]
|       --presets DIR       folder that overrides the built-in data
|
| Memory and file:
|       --dtype TYPE        of the frozen weights; the config's own otherwise
|       --adapter-dtype TYPE
|                           of the method's own tensors [fp32]
|       --optimizer NAME    whose states count, by Hugging Face's name [adamw]
|
| The spectrum:
|       --size MxN          rows and columns of a sample [512x512]
|       --seed N            of a sample [1]
|       --driver NAME       how singular values are computed [auto]
|       --precision TYPE    of the arithmetic [double] (spectrum)
|       --values            all singular values, not the leading 16 (spectrum)
|       --plot              draw the spectrum (spectrum)
|
| Output:
|       --json              write JSON with exact numbers
|       --csv               write the main table as CSV
|       --python            write the Python lines for PEFT (count)
|       --explain           add formula and source of each number
|       --write-adapter-config FILE
|                           write adapter_config.json; - for stdout (count)
|       --force             let it replace an existing file (count)
|       --si                GB (1000) in place of GiB (1024)
|       --ascii             ASCII characters only
|       --color WHEN        colours: auto, always or never [auto]
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
|
| `loraexplore COMMAND --help` lists a command's own options.
$ loraexplore help
~ Usage: loraexplore [MODEL] [options]
$ loraexplore help count
| Usage: loraexplore count MODEL [options]
|
| parameters, adapter bytes, memory between steps
|
| The adapter:
|       --adapter-config FILE
|                           PEFT's adapter_config.json, or its folder
|       --method NAME       method of PEFT: see loraexplore methods [lora]
|   -r, --rank N            LoRA rank r; on a spectrum, the rank to look at [8]
|   -a, --alpha X           lora_alpha; an update is scaled by alpha / rank [16]
|   -t, --target LIST       module names, all-linear, default or none [default]
|       --target-regex RE   modules whose whole name matches
|       --exclude LIST      module names to leave alone
|       --exclude-regex RE  modules to leave alone, by whole name
|       --layers LIST       layers to adapt, such as 0-3,7; else all
|       --rank-pattern K=N  rank N where K matches; repeatable, first hit
|       --alpha-pattern K=X alpha X where K matches; repeatable, first hit
|       --modules-to-save LIST
|                           modules to train whole, as copies
|       --bias WHICH        biases to train: none, all or lora_only [none]
|       --rslora            scale by alpha / sqrt(rank)
|       --dora              train magnitudes too: DoRA
|       --task TYPE         PEFT's task_type, such as CAUSAL_LM
|       --set KEY=VALUE     any other field of PEFT's, in JSON
|
| The model:
|       --class NAME        transformers class; the config's own otherwise
|       --num-labels N      labels of a head that classifies; else the config's
|       --transformers V    version whose module names count: 4 or 5 [5]
|       --peft V            version whose rules count: 0.18 or 0.21 [0.21]
|       --presets DIR       folder that overrides the built-in data
|
| Memory and file:
|       --dtype TYPE        of the frozen weights; the config's own otherwise
|       --adapter-dtype TYPE
|                           of the method's own tensors [fp32]
|       --optimizer NAME    whose states count, by Hugging Face's name [adamw]
|
| Output:
|       --json              write JSON with exact numbers
|       --csv               write the main table as CSV
|       --python            write the Python lines for PEFT
|       --explain           add formula and source of each number
|       --write-adapter-config FILE
|                           write adapter_config.json; - for stdout
|       --force             let it replace an existing file
|       --si                GB (1000) in place of GiB (1024)
|       --ascii             ASCII characters only
|       --color WHEN        colours: auto, always or never [auto]
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
$ loraexplore sweep --help
| Usage: loraexplore sweep MODEL --ranks LIST [options]
|
| count, one row per rank
|
| The adapter:
|       --adapter-config FILE
|                           PEFT's adapter_config.json, or its folder
|       --method NAME       method of PEFT: see loraexplore methods [lora]
|       --ranks LIST        ranks to count: 1,2,4,8 or 1..64 or 1..256x2
|   -a, --alpha X           lora_alpha; an update is scaled by alpha / rank [16]
|   -t, --target LIST       module names, all-linear, default or none [default]
|       --target-regex RE   modules whose whole name matches
|       --exclude LIST      module names to leave alone
|       --exclude-regex RE  modules to leave alone, by whole name
|       --layers LIST       layers to adapt, such as 0-3,7; else all
|       --rank-pattern K=N  rank N where K matches; repeatable, first hit
|       --alpha-pattern K=X alpha X where K matches; repeatable, first hit
|       --modules-to-save LIST
|                           modules to train whole, as copies
|       --bias WHICH        biases to train: none, all or lora_only [none]
|       --rslora            scale by alpha / sqrt(rank)
|       --dora              train magnitudes too: DoRA
|       --task TYPE         PEFT's task_type, such as CAUSAL_LM
|       --set KEY=VALUE     any other field of PEFT's, in JSON
|
| The model:
|       --class NAME        transformers class; the config's own otherwise
|       --num-labels N      labels of a head that classifies; else the config's
|       --transformers V    version whose module names count: 4 or 5 [5]
|       --peft V            version whose rules count: 0.18 or 0.21 [0.21]
|       --presets DIR       folder that overrides the built-in data
|
| Memory and file:
|       --dtype TYPE        of the frozen weights; the config's own otherwise
|       --adapter-dtype TYPE
|                           of the method's own tensors [fp32]
|       --optimizer NAME    whose states count, by Hugging Face's name [adamw]
|
| Output:
|       --json              write JSON with exact numbers
|       --csv               write the main table as CSV
|       --explain           add formula and source of each number
|       --si                GB (1000) in place of GiB (1024)
|       --ascii             ASCII characters only
|       --color WHEN        colours: auto, always or never [auto]
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
$ loraexplore spectrum -h
| Usage: loraexplore spectrum SOURCE [options]
|
| singular values and the ranks they suggest
|
| The adapter:
|   -r, --rank N            LoRA rank r; on a spectrum, the rank to look at [8]
|
| The model:
|       --presets DIR       folder that overrides the built-in data
|
| The spectrum:
|       --size MxN          rows and columns of a sample [512x512]
|       --seed N            of a sample [1]
|       --driver NAME       how singular values are computed [auto]
|       --precision TYPE    of the arithmetic [double]
|       --values            all singular values, not the leading 16
|       --plot              draw the spectrum
|
| Output:
|       --json              write JSON with exact numbers
|       --csv               write the main table as CSV
|       --explain           add formula and source of each number
|       --si                GB (1000) in place of GiB (1024)
|       --ascii             ASCII characters only
|       --color WHEN        colours: auto, always or never [auto]
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
$ loraexplore presets --help
| Usage: loraexplore presets [PATTERN] [options]
|
| the models that are built in, by name or type
|
| The model:
|       --presets DIR       folder that overrides the built-in data
|
| Output:
|       --json              write JSON with exact numbers
|       --csv               write the main table as CSV
|       --explain           add formula and source of each number
|       --si                GB (1000) in place of GiB (1024)
|       --ascii             ASCII characters only
|       --color WHEN        colours: auto, always or never [auto]
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
$ loraexplore help completion
| Usage: loraexplore completion SHELL [options]
|
| print completions for bash, zsh or fish
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
$ loraexplore help help
| Usage: loraexplore help [COMMAND]
|
| show this, or a command's options
|
| Help:
|   -h, --help              show help and exit
|   -V, --version           show the version and exit
$ loraexplore --version
~ loraexplore 0.1.0
~ GSL 
$ loraexplore count -V
~ loraexplore 0.1.0
$ loraexplore presets gpt2
| name        type     parameters  layers  context
| distilgpt2  gpt2     81,912,576       6    1,024
| gpt2        gpt2    124,439,808      12    1,024
| gpt2-large  gpt2    774,030,080      36    1,024
| gpt2-xl     gpt2  1,557,611,200      48    1,024
$ loraexplore presets qwen3-0 --json
| [
|   {
|     "name": "Qwen3-0.6B",
|     "model_type": "qwen3",
|     "params": 596049920,
|     "source": "config put together from litgpt; total checked: the Hub's safetensors metadata"
|   }
| ]
$ loraexplore presets smollm2 --csv
| name,model_type,params,layers,context,source
| SmolLM2-1.7B,llama,1711376384,24,8192,"config put together from litgpt, a size or flag solved from the total; total checked: the Hub's safetensors metadata"
| SmolLM2-135M,llama,134515008,30,8192,config from mlc-llm's presets; total checked: the Hub's safetensors metadata
| SmolLM2-360M,llama,361821120,32,8192,config from mlc-llm's presets; total checked: the Hub's safetensors metadata
$ loraexplore presets no-such-thing
! loraexplore: warning: no preset matches; `loraexplore presets` lists all
