# Singular values, in text and for programs; the seconds differ every time.

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
$ loraexplore spectrum sample:power-law --size 64x48 --json | grep -v seconds
| {
|   "loraexplore": "0.1.0",
|   "source": "sample:power-law",
|   "module": null,
|   "shape": [
|     64,
|     48
|   ],
|   "driver": "golub",
|   "precision": "double",
|   "accuracy": "each within max(m, n) eps sigma_1, eps = 2^-52",
|   "frobenius": 1.17482992388439,
|   "values": [
|     0.9999999999999997,
|     0.4352752816480607,
|     0.26758052058674064,
|     0.1894645708138006,
|     0.14495593273553783,
|     0.11647118646192928,
|     0.09680155905721219,
|     0.08246924442330622,
|     0.07159933499747229,
|     0.06309573444801939,
|     0.05627672006216768,
|     0.05069702849110048,
|     0.04605406581088452,
|     0.042135325882599176,
|     0.03878738394351265,
|     0.035896823593657444
|   ],
|   "estimates": {
|     "r90": 3,
|     "r95": 5,
|     "r99": 14,
|     "stable": 1.3802253500542023,
|     "effective": 16.96213137315271,
|     "effective_sigma2": 2.954577691507761,
|     "numerical": 48,
|     "nuclear": 3.2910952978421917,
|     "participation": 1.8262242570531546,
|     "gavish_donoho": 11,
|     "noise_edge_rank": 12,
|     "mdl": 11,
|     "profile_likelihood": 1
|   },
|   "at_rank": {
|     "rank": 8,
|     "energy": 0.976442149229283,
|     "relative_error": 0.1534856695939948,
|     "params": 896
|   },
|   "warnings": []
| }
$ loraexplore spectrum sample:exact-rank --size 24x16 --rank 4 --json
~ "numerical": 8
$ loraexplore spectrum sample:power-law --size 20x20 --values --csv
| index,sigma,energy,relative_error
| 1,1,0.7283654651385754,0.5211857009372232
| 2,0.4352752816480604,0.8663649153866482,0.3655613281152041
| 3,0.26758052058674037,0.9185153983256936,0.2854550782072483
| 4,0.1894645708138007,0.9446614049394857,0.23524156745888766
| 5,0.1449559327355382,0.959965982107117,0.20008502665837585
| 6,0.11647118646192915,0.9698466509748958,0.173647196997545
| 7,0.09680155905721231,0.9766718300378068,0.15273562113074127
| 8,0.08246924442330615,0.9816255719593835,0.13555230739687357
| 9,0.07159933499747238,0.9853595118576164,0.12099788486739652
| 10,0.06309573444801936,0.9882591870021683,0.10835503217586037
| 11,0.056276720062167725,0.9905659708484156,0.09712893055925383
| 12,0.050697028491100554,0.9924380075348027,0.08695971748572635
| 13,0.04605406581088451,0.993982853917723,0.07757026545189206
| 14,0.04213532588259927,0.9952759835396048,0.06873148085408375
| 15,0.038787383943512665,0.9963717810872247,0.06023469857794049
| 16,0.03589682359365742,0.9973103396743186,0.05186193522885032
| 17,0.033378075627740464,0.9981218086764838,0.04333810475224017
| 18,0.031165420706838788,0.998829257996747,0.034216107365580686
| 19,0.029207586990966063,0.999450614293238,0.023438978364297133
| 20,0.027464013582652977,1,0
$ loraexplore spectrum sample:noise --size 8x6 --rank 9 --explain | tail -n +2
|
| rank for 90 % of the energy               4
| rank for 95 %                             5
| rank for 99 %                             6
| stable rank                          2.2102
| effective rank (entropy of sigma)    5.3907
| effective rank (entropy of sigma^2)  4.2796
| numerical rank                            6
| nuclear norm                         2.8172
| participation ratio                  3.4858
| Gavish-Donoho threshold                   0
| above the noise edge                      0
| minimum description length                0
| profile likelihood                        3
| Frobenius norm                       1.2652
|
| at rank                  9
| energy kept (0 to 1)     1
| relative error           0
| parameters, r (m + n)  126
|
| k   sigma  energy to here  relative error
| 1  0.8510          0.4525          0.7400
| 2  0.5661          0.6527          0.5893
| 3  0.5116          0.8162          0.4288
| 4  0.4148          0.9237          0.2763
| 5  0.3075          0.9827          0.1314
| 6  0.1662               1               0
|
| Where the numbers come from
| number              formula                                                                source
| r90, r95, r99       least k with sum_{i<=k} sigma_i^2 >= share of E                        Eckart and Young 1936
| stable              E / sigma_1^2, E = sum sigma^2                                         Rudelson and Vershynin 2007
| effective           exp(-sum p ln p), p = sigma / sum sigma                                Roy and Vetterli 2007
| effective_sigma2    exp(-sum p ln p), p = sigma^2 / E                                      Roy and Vetterli 2007, on the energy
| numerical           number of sigma > sigma_1 max(m, n) eps                                numpy.linalg.matrix_rank
| nuclear             sum sigma                                                              nuclear norm
| participation       E^2 / sum sigma^4                                                      participation ratio
| gavish_donoho       number of sigma > omega(beta) median(sigma)                            Gavish and Donoho 2014, unknown noise
| noise_edge_rank     number of sigma above the Marchenko-Pastur edge of the median's noise  Marchenko and Pastur 1967
| mdl                 k of the shortest description of the eigenvalues                       Wax and Kailath 1985, real data
| profile_likelihood  k that splits sigma into two Gaussian groups best                      Zhu and Ghodsi 2006
| energy              sum_{i<=r} sigma_i^2 / E                                               Eckart and Young 1936
| relative_error      sqrt(1 - energy), summed from the tail                                 Eckart and Young 1936
| params              r (m + n)                                                              Hu et al. 2021, section 4.1
! loraexplore: warning: rank 9 is more than the 6 that this matrix can have; its energy is that of all of it
$ loraexplore spectrum sample:noise --size 3x4 --csv
| index,sigma,energy,relative_error
| 1,0.6427601011475486,0.6776511657939798,0.5677577249197233
| 2,0.43559875355690125,0.9888812897497006,0.10544529506004278
| 3,0.0823328259045924,1,0
! loraexplore: warning: rank 8 is more than the 3 that this matrix can have; its energy is that of all of it
$ loraexplore spectrum sample:power-law --size 64x64 --plot | tail -n 14
$ loraexplore spectrum sample:power-law --size 64x64 --plot --ascii | tail -n 14
