# What check refuses.

$ loraexplore check
! loraexplore: check needs an operand; write loraexplore check LINE
? 2

$ loraexplore check hello
! loraexplore: no figure of parameters can be read in "hello", give a line such as "trainable params: 4,194,304 || all params: 6,742,609,920"
? 1

$ loraexplore check 4194304 --model no-such-model
!~ no file, folder or preset is called "no-such-model"
? 1

$ loraexplore check 4194304 --rank 0
! loraexplore: --rank takes a whole number from 1 to 1048576, not "0"
? 2

$ loraexplore check 4194304 --batch 4
!~ --batch
? 2

$ loraexplore check - </dev/null
!~ no figure of parameters can be read
? 1
