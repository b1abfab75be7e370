# Singular values, in text and for programs.  The seconds differ every time and
# the last digits from one processor to the next, so neither is compared.
# sigma_k = k^-1.2: the second value is 2^-1.2 = 0.4353, the third 0.2676.

$ loraexplore spectrum sample:power-law --size 64x48 | tail -n +2
|
| rank for 90 % of the energy                3
| rank for 95 %                              5
| rank for 99 %                             14
| stable rank                           1.3802
| effective rank (entropy of sigma)    16.9621
| effective rank (entropy of sigma^2)   2.9546
| numerical rank                            48
| nuclear norm                          3.2911
| participation ratio                   1.8262
| Gavish-Donoho threshold                   11
| above the noise edge                      12
| minimum description length                11
| profile likelihood                         1
| Frobenius norm                        1.1748
|
| at rank                     8
| energy kept (0 to 1)   0.9764
| relative error         0.1535
| parameters, r (m + n)     896
|
|  k   sigma  energy to here  relative error
|  1  1.0000          0.7245          0.5249
|  2  0.4353          0.8618          0.3718
|  3  0.2676          0.9137          0.2938
|  4  0.1895          0.9397          0.2456
|  5  0.1450          0.9549          0.2124
|  6  0.1165          0.9647          0.1878
|  7  0.0968          0.9715          0.1688
|  8  0.0825          0.9764          0.1535
|  9  0.0716          0.9802          0.1409
| 10  0.0631          0.9830          0.1302
| 11  0.0563          0.9853          0.1211
| 12  0.0507          0.9872          0.1131
| 13  0.0461          0.9887          0.1061
| 14  0.0421          0.9900          0.0999
| 15  0.0388          0.9911          0.0943
| 16  0.0359          0.9920          0.0892
$ loraexplore spectrum sample:power-law --size 64x48 --json
~ "shape": [
~ "driver": "golub"
~ "precision": "double"
~ "module": null
~ "r90": 3
~ "numerical": 48
~ "params": 896
~ "warnings": []
~ 0.43527528164806
$ loraexplore spectrum sample:exact-rank --size 64x48 --rank 4 --json
~ "numerical": 16
~ "params": 448
$ loraexplore spectrum sample:power-law --size 20x20 --values --csv | wc -l
| 21
$ loraexplore spectrum sample:power-law --size 20x40 --csv | wc -l
| 17
$ loraexplore spectrum sample:power-law --size 20x20 --values --csv | head -n 1
| index,sigma,energy,relative_error
$ loraexplore spectrum sample:noise --size 8x6 --rank 9 --explain | tail -n 15
| mdl
|     k of the shortest description of the eigenvalues
|     Wax and Kailath 1985, real data
| profile_likelihood
|     k that splits sigma into two Gaussian groups best
|     Zhu and Ghodsi 2006
| energy
|     sum_{i<=r} sigma_i^2 / E
|     Eckart and Young 1936
| relative_error
|     sqrt(1 - energy), summed from the tail
|     Eckart and Young 1936
| params
|     r (m + n)
|     Hu et al. 2021, section 4.1
! loraexplore: warning: rank 9 is more than the 6 that this matrix can have; its energy is that of all of it
$ loraexplore spectrum sample:noise --size 8x6 --rank 9 --json
~ rank 9 is more than the 6 that this matrix can have
!~ loraexplore: warning: rank 9 is more than the 6
$ loraexplore spectrum sample:noise --size 8x6 --json | grep -c 'warnings": \[\]'
| 1
$ loraexplore spectrum sample:power-law --size 64x64 --plot | tail -n 14
| 1    █       ┊
|      █▃      ┊
|      ██▃     ┊
|      ███▅▁   ┊
| .1   █████▅▂ ┊
|      ████████┊▅▃▁
|      ████████┊████▆▅▃▂▁
|      ████████┊██████████▇▆▅▄▃▂▁▁
|      ████████┊███████████████████▇▆▆▅▅▄▃▃▂▂▁▁
| .01  ████████┊█████████████████████████████████▇▇▆▆▆▅▅▄▄▄▃▃▂▂▂▁▁▁
|      ████████┊██████████████████████████████████████████████████████▇▇
|      ████████┊████████████████████████████████████████████████████████
|      ████████┊████████████████████████████████████████████████████████
| .001 ████████┊████████████████████████████████████████████████████████
$ loraexplore spectrum sample:power-law --size 64x64 --plot --ascii | tail -n 14
| 1    #       |
|      #:      |
|      ##:     |
|      ###=_   |
| .1   #####=. |
|      ########|=:_
|      ########|####+=:._
|      ########|##########*+=-:.__
|      ########|###################*++==-::..__
| .01  ########|#################################**+++==---::...___
|      ########|######################################################**
|      ########|########################################################
|      ########|########################################################
| .001 ########|########################################################
