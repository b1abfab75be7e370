# The reverse look-up: lines that PEFT printed, and claims about them.

$ loraexplore check 'trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%: 0.0622' --model Llama-2-7b --rank 8 --target q_proj,v_proj
~ consistent: q_proj,v_proj at r 8 on Llama-2-7b trains 4,194,304 of 6,742,609,920

$ loraexplore check 'trainable params: 4,194,304 || all params: 6,742,609,920' --model meta-llama/Llama-2-7b-hf --rank 16 --target "['q_proj', 'v_proj']"
~ inconsistent: q_proj,v_proj at r 16 on Llama-2-7b trains 8,388,608 of 6,746,804,224; 4,194,304 is r 8's count, and the total goes with it

$ loraexplore check trainable params: 4194304 '||' all params: 6742609920 --csv
~ model,method,rank,targets,layout,exact,quantised_print,print,vocabulary_rows,regex
~ Llama-2-7b,lora,8,"q_proj,v_proj",transformers 4 or 5,both,false,in full,0,false

$ echo 'trainable params: 4194304 || all params: 3504607232' | loraexplore check - --json
~ "claim": "unknown",
~ "trainable": 4194304,
~ "all": 3504607232,
~ "model": "Llama-2-7b",
~ "rank": 8,
~ "targets": "q_proj,v_proj",
~ "layout": "transformers 4 or 5",
~ "exact": "both",
~ "quantised_print": true,
~ "print": "packed 4-bit",

$ loraexplore check 'trainable params: 38,497,792' --model gemma-3-4b --rank 16 --target-regex '(.*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj))|(.*vision_tower.*\.(q_proj|k_proj|v_proj|out_proj|fc1|fc2))'
~ consistent: the pattern

$ loraexplore check 'trainable params: 9,289,728 || all params: 3,222,039,552' --model Llama-3.2-3B --rank 32 --target q_proj,v_proj --dora
~ consistent: q_proj,v_proj at r 32 with dora on Llama-3.2-3B

$ loraexplore check 'trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.5' --model gpt2 --rank 8 --target c_attn
~ consistent: c_attn at r 8 on gpt2 trains 294,912 of 124,734,720; the percentage is not that of these figures, 0.2364

$ loraexplore check 'trainable params: 4,194,304 || all params: 3,821,079,552' --model Phi-3-mini-4k --rank 16 --target q_proj,v_proj
~ unknown: PEFT refuses these settings, so no run printed this line with them:

# What count prints for a method is the claim's own line, with its default
# targets, its fields and the releases that are stated.

$ loraexplore check 'trainable params: 129,024 || all params: 3,212,878,848' --model Llama-3.2-3B --method vera --rank 256
~ consistent: the default targets at r 256 with vera on Llama-3.2-3B

$ loraexplore check '129024 3212878848' --model Llama-3.2-3B --method vera --rank 128 --target q_proj,v_proj
~ inconsistent: q_proj,v_proj at r 128 with vera on Llama-3.2-3B trains 121,856 of 3,212,871,680; 129,024 is r 256's count

$ loraexplore check '614400 3213364224' --model Llama-3.2-3B --method prompt_tuning --set num_virtual_tokens=200 --task CAUSAL_LM --peft 0.18 --transformers 4
~ consistent: prompt_tuning on Llama-3.2-3B trains 614,400 of 3,213,364,224

$ echo '{"peft_type": "LORA", "r": 32, "use_dora": true, "target_modules": ["q_proj", "v_proj"]}' >claimed.json; loraexplore check '9289728 3222039552' --model Llama-3.2-3B --adapter-config claimed.json
~ consistent: q_proj,v_proj at r 32 with dora on Llama-3.2-3B

$ loraexplore check '296448 124737792' --model gpt2 --rank 8 --target c_attn
~ as GPT2ForSequenceClassification with 2 labels and the task SEQ_CLS

$ loraexplore check '372480 124889856' --model gpt2 --rank 8 --target c_attn --class ForSequenceClassification --task SEQ_CLS
~ consistent: c_attn at r 8 on gpt2 trains 372,480 of 124,889,856, with 101 labels
