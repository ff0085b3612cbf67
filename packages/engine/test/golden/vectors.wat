;; movaps xmm0, xmm1
;; 64-bit code at 100: 0f28c1
;; 1 guest instructions, 49 instructions, 115 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1568 local.tee 7 local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movups xmm0, [rbx]
;; 64-bit code at 100: 0f1003
;; 1 guest instructions, 77 instructions, 170 bytes
(local i64 i32 i64 i32 i64 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4080 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add v128.load local.set 9
  local.get 0 local.get 9 local.tee 10 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movaps [rbx], xmm0
;; 64-bit code at 100: 0f2903
;; 1 guest instructions, 87 instructions, 191 bytes
(local i64 i32 i64 i32 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 15 i32.and if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4080 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 v128.load offset=1504 local.tee 9 v128.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movdqu xmm2, [rbx + rcx]
;; 64-bit code at 100: f30f6f140b
;; 1 guest instructions, 82 instructions, 180 bytes
(local i64 i32 i64 i64 i64 i32 i64 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4080 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add v128.load local.set 11
  local.get 0 local.get 11 local.tee 12 v128.store offset=1632
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movd xmm0, eax
;; 64-bit code at 100: 660f6ec0
;; 1 guest instructions, 59 instructions, 136 bytes
(local i64 i32 v128 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1504 local.tee 6 local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u i64x2.replace_lane 0 local.set 6
  local.get 0 local.get 6 i64.const 0 i64x2.replace_lane 1 local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movq rax, xmm1
;; 64-bit code at 100: 66480f7ec8
;; 1 guest instructions, 50 instructions, 116 bytes
(local i64 i32 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movss xmm0, [rbx]
;; 64-bit code at 100: f30f1003
;; 1 guest instructions, 87 instructions, 192 bytes
(local i64 i32 i64 i32 i64 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 v128.load offset=1504 local.tee 10 local.get 9 i32.wrap_i64 i64.extend_i32_u i64x2.replace_lane 0 local.set 10
  local.get 0 local.get 10 i64.const 0 i64x2.replace_lane 1 local.tee 10 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsd [rbx], xmm0
;; 64-bit code at 100: f20f1103
;; 1 guest instructions, 76 instructions, 168 bytes
(local i64 i32 i64 i32 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 v128.load offset=1504 local.tee 9 i64x2.extract_lane 0 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsd xmm0, xmm1
;; 64-bit code at 100: f20f10c1
;; 1 guest instructions, 54 instructions, 130 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 i64x2.replace_lane 0 local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pxor xmm0, xmm0
;; 64-bit code at 100: 660fefc0
;; 1 guest instructions, 51 instructions, 119 bytes
(local i64 i32 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 6 v128.xor local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pxor xmm0, xmm1
;; 64-bit code at 100: 660fefc1
;; 1 guest instructions, 53 instructions, 126 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 v128.load offset=1568 local.tee 7 v128.xor local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; paddd xmm0, xmm1
;; 64-bit code at 100: 660ffec1
;; 1 guest instructions, 53 instructions, 127 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 v128.load offset=1568 local.tee 7 i32x4.add local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; paddb xmm0, [rbx]
;; 64-bit code at 100: 660ffc03
;; 1 guest instructions, 93 instructions, 206 bytes
(local i64 i32 i64 i32 i64 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 15 i32.and if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4080 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add v128.load local.set 9
  local.get 0 local.get 0 v128.load offset=1504 local.tee 10 local.get 9 i8x16.add local.tee 10 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pcmpeqb xmm0, xmm1
;; 64-bit code at 100: 660f74c1
;; 1 guest instructions, 53 instructions, 126 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 v128.load offset=1568 local.tee 7 i8x16.eq local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pmovmskb eax, xmm0
;; 64-bit code at 100: 660fd7c0
;; 1 guest instructions, 51 instructions, 116 bytes
(local i64 i32 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 7 i8x16.bitmask i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pshufd xmm0, xmm1, 0x1b
;; 64-bit code at 100: 660f70c11b
;; 1 guest instructions, 62 instructions, 208 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1568 local.tee 7 i32.const 27 i32x4.splat v128.const i8x16 64 0 0 0 16 0 0 0 4 0 0 0 1 0 0 0 i32x4.mul i32.const 6 i32x4.shr_u v128.const i8x16 3 0 0 0 3 0 0 0 3 0 0 0 3 0 0 0 v128.and v128.const i8x16 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 i32x4.mul v128.const i8x16 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 i8x16.add i8x16.swizzle local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; punpcklbw xmm0, xmm1
;; 64-bit code at 100: 660f60c1
;; 1 guest instructions, 53 instructions, 142 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 v128.load offset=1568 local.tee 7 i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; psrldq xmm0, 4
;; 64-bit code at 100: 660f73d804
;; 1 guest instructions, 54 instructions, 141 bytes
(local i64 i32 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 i32.const 4 i8x16.splat i8x16.add i8x16.swizzle local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pslld xmm0, 5
;; 64-bit code at 100: 660f72f005
;; 1 guest instructions, 51 instructions, 120 bytes
(local i64 i32 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 i32.const 5 i32x4.shl local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pmuludq xmm0, xmm1
;; 64-bit code at 100: 660ff4c1
;; 1 guest instructions, 57 instructions, 167 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 6 i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 local.get 0 v128.load offset=1568 local.tee 7 local.get 7 i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 i64x2.extmul_low_i32x4_u local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; andps xmm0, xmm1
;; 64-bit code at 100: 0f54c1
;; 1 guest instructions, 53 instructions, 126 bytes
(local i64 i32 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 v128.load offset=1568 local.tee 7 v128.and local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shufps xmm0, xmm1, 0x4e
;; 64-bit code at 100: 0fc6c14e
;; 1 guest instructions, 70 instructions, 244 bytes
(local i64 i32 v128 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  i32.const 78 i32x4.splat v128.const i8x16 64 0 0 0 16 0 0 0 4 0 0 0 1 0 0 0 i32x4.mul i32.const 6 i32x4.shr_u v128.const i8x16 3 0 0 0 3 0 0 0 3 0 0 0 3 0 0 0 v128.and v128.const i8x16 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 i32x4.mul v128.const i8x16 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 i8x16.add local.set 6
  local.get 0 local.get 0 v128.load offset=1504 local.tee 7 local.get 6 i8x16.swizzle local.get 0 v128.load offset=1568 local.tee 8 local.get 6 i8x16.swizzle i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31 local.tee 7 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; addss xmm0, xmm1
;; 64-bit code at 100: f30f58c1
;; 1 guest instructions, 120 instructions, 280 bytes
(local i64 i32 i32 v128 i32 v128 i32 i32 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i32x4.extract_lane 0 local.set 6
  local.get 0 v128.load offset=1504 local.tee 9 i32x4.extract_lane 0 local.set 8
  i32.const 0 local.set 10
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 8 f32.reinterpret_i32 local.get 6 f32.reinterpret_i32 f32.add i32.reinterpret_f32 local.tee 11 local.set 10
      local.get 11 i32.const 2147483647 i32.and local.set 12
      local.get 6 i32.const 2147483647 i32.and i32.const -1 i32.add i32.const 8388607 i32.ge_u local.get 8 i32.const 2147483647 i32.and i32.const -1 i32.add i32.const 8388607 i32.ge_u i32.and local.get 12 i32.const -16777216 i32.add i32.const 2122317824 i32.lt_u local.get 12 i32.eqz i32.or i32.and br_if 1
    end
    local.get 0 local.get 8 i32.store offset=240
    local.get 0 local.get 6 i32.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 9 local.get 10 i32x4.replace_lane 0 local.tee 9 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; addsd xmm0, xmm1
;; 64-bit code at 100: f20f58c1
;; 1 guest instructions, 120 instructions, 312 bytes
(local i64 i32 i64 v128 i64 v128 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.set 6
  local.get 0 v128.load offset=1504 local.tee 9 i64x2.extract_lane 0 local.set 8
  i64.const 0 local.set 10
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 8 f64.reinterpret_i64 local.get 6 f64.reinterpret_i64 f64.add i64.reinterpret_f64 local.tee 11 local.set 10
      local.get 11 i64.const 9223372036854775807 i64.and local.set 12
      local.get 6 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 8 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u i32.and local.get 12 i64.const -9007199254740992 i64.add i64.const 9209861237972664320 i64.lt_u local.get 12 i64.eqz i32.or i32.and br_if 1
    end
    local.get 0 local.get 8 i64.store offset=240
    local.get 0 local.get 6 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 9 local.get 10 i64x2.replace_lane 0 local.tee 9 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mulsd xmm0, [rbx]
;; 64-bit code at 100: f20f5903
;; 1 guest instructions, 155 instructions, 375 bytes
(local i64 i32 i64 i32 i64 i64 i64 v128 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 v128.load offset=1504 local.tee 11 i64x2.extract_lane 0 local.set 10
  i64.const 0 local.set 12
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 10 f64.reinterpret_i64 local.get 9 f64.reinterpret_i64 f64.mul i64.reinterpret_f64 local.tee 13 local.set 12
      local.get 9 i64.const 9223372036854775807 i64.and local.set 14
      local.get 13 i64.const 9223372036854775807 i64.and local.set 15
      local.get 10 i64.const 9223372036854775807 i64.and local.set 16
      local.get 14 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 16 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u i32.and local.get 15 i64.const -9007199254740992 i64.add i64.const 9209861237972664320 i64.lt_u local.get 15 i64.eqz local.get 16 i64.eqz local.get 14 i64.eqz i32.or i32.and i32.or i32.and br_if 1
    end
    local.get 0 local.get 10 i64.store offset=240
    local.get 0 local.get 9 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 11 local.get 12 i64x2.replace_lane 0 local.tee 11 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; divsd xmm0, xmm1
;; 64-bit code at 100: f20f5ec1
;; 1 guest instructions, 125 instructions, 320 bytes
(local i64 i32 i64 v128 i64 v128 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.set 6
  local.get 0 v128.load offset=1504 local.tee 9 i64x2.extract_lane 0 local.set 8
  i64.const 0 local.set 10
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 8 f64.reinterpret_i64 local.get 6 f64.reinterpret_i64 f64.div i64.reinterpret_f64 local.tee 11 local.set 10
      local.get 11 i64.const 9223372036854775807 i64.and local.set 12
      local.get 8 i64.const 9223372036854775807 i64.and local.set 13
      local.get 6 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 13 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u i32.and local.get 12 i64.const -9007199254740992 i64.add i64.const 9209861237972664320 i64.lt_u local.get 12 i64.eqz local.get 13 i64.eqz i32.and i32.or i32.and br_if 1
    end
    local.get 0 local.get 8 i64.store offset=240
    local.get 0 local.get 6 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 9 local.get 10 i64x2.replace_lane 0 local.tee 9 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sqrtsd xmm0, xmm1
;; 64-bit code at 100: f20f51c1
;; 1 guest instructions, 104 instructions, 266 bytes
(local i64 i32 i64 v128 i64 i64 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.set 6
  i64.const 0 local.set 8
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 6 f64.reinterpret_i64 f64.sqrt i64.reinterpret_f64 local.tee 9 local.set 8
      local.get 9 i64.const 9223372036854775807 i64.and local.set 10
      local.get 6 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 10 i64.const -9007199254740992 i64.add i64.const 9209861237972664320 i64.lt_u local.get 10 i64.eqz i32.or i32.and br_if 1
    end
    local.get 0 local.get 6 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 11 local.get 8 i64x2.replace_lane 0 local.tee 11 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; addps xmm0, xmm1
;; 64-bit code at 100: 0f58c1
;; 1 guest instructions, 137 instructions, 425 bytes
(local i64 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 local.set 6
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 0 v128.load offset=1504 local.tee 8 local.get 0 v128.load offset=1568 local.tee 9 f32x4.add local.tee 7 local.set 6
      v128.const i8x16 255 255 255 127 255 255 255 127 255 255 255 127 255 255 255 127 local.set 10
      local.get 9 local.get 10 v128.and local.set 11
      local.get 7 local.get 10 v128.and local.set 12
      v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 local.set 13
      v128.const i8x16 0 0 128 0 0 0 128 0 0 0 128 0 0 0 128 0 local.set 14
      local.get 8 local.get 10 v128.and local.set 15
      local.get 11 local.get 13 i32x4.eq local.get 14 local.get 11 i32x4.gt_s v128.not v128.or i32x4.all_true local.get 15 local.get 13 i32x4.eq local.get 14 local.get 15 i32x4.gt_s v128.not v128.or i32x4.all_true i32.and v128.const i8x16 0 0 128 127 0 0 128 127 0 0 128 127 0 0 128 127 local.get 12 i32x4.gt_s v128.const i8x16 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 local.get 12 i32x4.gt_s v128.andnot local.get 12 local.get 13 i32x4.eq v128.const i8x16 255 255 255 255 255 255 255 255 255 255 255 255 255 255 255 255 v128.and v128.or i32x4.all_true i32.and br_if 1
    end
    local.get 0 local.get 0 v128.load offset=1504 local.tee 8 v128.store offset=240
    local.get 0 local.get 0 v128.load offset=1568 local.tee 9 v128.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 6 local.tee 8 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mulpd xmm0, xmm1
;; 64-bit code at 100: 660f59c1
;; 1 guest instructions, 142 instructions, 426 bytes
(local i64 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 local.set 6
  block
    local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
      local.get 0 v128.load offset=1504 local.tee 8 local.get 0 v128.load offset=1568 local.tee 9 f64x2.mul local.tee 7 local.set 6
      v128.const i8x16 255 255 255 255 255 255 255 127 255 255 255 255 255 255 255 127 local.set 10
      local.get 9 local.get 10 v128.and local.set 11
      local.get 7 local.get 10 v128.and local.set 12
      v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 local.set 13
      local.get 11 local.get 13 i64x2.eq local.set 14
      v128.const i8x16 0 0 0 0 0 0 16 0 0 0 0 0 0 0 16 0 local.set 15
      local.get 8 local.get 10 v128.and local.tee 16 local.get 13 i64x2.eq local.set 17
      local.get 14 local.get 15 local.get 11 i64x2.gt_s v128.not v128.or i64x2.all_true local.get 17 local.get 15 local.get 16 i64x2.gt_s v128.not v128.or i64x2.all_true i32.and v128.const i8x16 0 0 0 0 0 0 240 127 0 0 0 0 0 0 240 127 local.get 12 i64x2.gt_s v128.const i8x16 0 0 0 0 0 0 32 0 0 0 0 0 0 0 32 0 local.get 12 i64x2.gt_s v128.andnot local.get 12 local.get 13 i64x2.eq local.get 17 local.get 14 v128.or v128.and v128.or i64x2.all_true i32.and br_if 1
    end
    local.get 0 local.get 0 v128.load offset=1504 local.tee 8 v128.store offset=240
    local.get 0 local.get 0 v128.load offset=1568 local.tee 9 v128.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 6 local.tee 8 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cvtsi2sd xmm0, eax
;; 64-bit code at 100: f20f2ac0
;; 1 guest instructions, 56 instructions, 128 bytes
(local i64 i32 v128 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 6 local.get 0 i64.load local.tee 7 i32.wrap_i64 f64.convert_i32_s i64.reinterpret_f64 i64x2.replace_lane 0 local.tee 6 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cvttsd2si eax, xmm0
;; 64-bit code at 100: f20f2cc0
;; 1 guest instructions, 102 instructions, 233 bytes
(local i64 i32 i64 v128 f64 f64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1504 local.tee 7 i64x2.extract_lane 0 local.tee 6 f64.reinterpret_i64 local.tee 8 f64.trunc local.tee 9 i32.trunc_sat_f64_s local.tee 10 i32.const -2147483648 i32.ne local.get 10 i32.const 2147483647 i32.ne i32.and local.get 8 local.get 8 f64.eq i32.and local.get 9 local.get 8 f64.eq local.get 0 i32.load offset=228 i32.const 4128 i32.and i32.const 4128 i32.eq i32.or local.get 6 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u i32.and i32.and if
  else
    local.get 0 local.get 6 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 10 i64.extend_i32_s i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cvtss2sd xmm0, xmm1
;; 64-bit code at 100: f30f5ac1
;; 1 guest instructions, 82 instructions, 193 bytes
(local i64 i32 i32 v128 i32 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i32x4.extract_lane 0 local.tee 6 i32.const 2147483647 i32.and local.tee 8 i32.const -1 i32.add i32.const 8388607 i32.ge_u local.get 8 i32.const 2139095040 i32.le_u i32.and if
  else
    local.get 0 local.get 6 i32.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 9 local.get 6 f32.reinterpret_i32 f64.promote_f32 i64.reinterpret_f64 i64x2.replace_lane 0 local.tee 9 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; ucomisd xmm0, xmm1
;; 64-bit code at 100: 660f2ec1
;; 1 guest instructions, 112 instructions, 281 bytes
(local i64 i32 i64 v128 i64 v128 i64 i64 f64 f64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.set 6
  local.get 0 v128.load offset=1504 local.tee 9 i64x2.extract_lane 0 local.tee 8 i64.const 9223372036854775807 i64.and local.set 10
  local.get 6 i64.const 9223372036854775807 i64.and local.set 11
  local.get 10 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 10 i64.const 9218868437227405312 i64.le_u i32.and local.get 11 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 11 i64.const 9218868437227405312 i64.le_u i32.and i32.and if
    local.get 8 f64.reinterpret_i64 local.set 12
    local.get 6 f64.reinterpret_i64 local.set 13
  else
    local.get 0 local.get 8 i64.store offset=240
    local.get 0 local.get 6 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  i32.const 0 local.set 5
  local.get 0 local.get 12 local.get 13 f64.eq i32.const 6 i32.shl local.get 12 local.get 13 f64.lt i32.or i64.extend_i32_u local.tee 14 i64.store offset=168
  i64.const 8519681 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; minsd xmm0, xmm1
;; 64-bit code at 100: f20f5dc1
;; 1 guest instructions, 107 instructions, 278 bytes
(local i64 i32 i64 v128 i64 v128 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.set 6
  local.get 0 v128.load offset=1504 local.tee 9 i64x2.extract_lane 0 local.tee 8 i64.const 9223372036854775807 i64.and local.set 10
  local.get 6 i64.const 9223372036854775807 i64.and local.set 11
  local.get 10 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 10 i64.const 9218868437227405312 i64.le_u i32.and local.get 11 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 11 i64.const 9218868437227405312 i64.le_u i32.and i32.and if
  else
    local.get 0 local.get 8 i64.store offset=240
    local.get 0 local.get 6 i64.store offset=272
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 9 local.get 8 local.get 6 local.get 8 f64.reinterpret_i64 local.get 6 f64.reinterpret_i64 f64.lt select i64x2.replace_lane 0 local.tee 9 v128.store offset=1504
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movmskpd eax, xmm0
;; 64-bit code at 100: 660f50c0
;; 1 guest instructions, 51 instructions, 117 bytes
(local i64 i32 i64 v128)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i32.load offset=232 i32.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 0 v128.load offset=1504 local.tee 7 i64x2.bitmask i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a dot product
;; 64-bit code at 100: f20f100ef20f590ff20f58c14883c6084883c708ffc975e8
;; 7 guest instructions, 336 instructions, 797 bytes
(local i64 i32 i64 i64 i64 i64 i64 v128 v128 i32 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load offset=8 local.set 6
  local.get 0 i64.load offset=48 local.set 7
  local.get 0 i64.load offset=56 local.set 8
  local.get 0 i64.load offset=152 local.set 9
  local.get 0 i64.load offset=160 local.set 10
  local.get 0 v128.load offset=1504 local.set 11
  local.get 0 v128.load offset=1568 local.set 12
  loop
    local.get 1 i32.const 7 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 7 i32.sub local.set 1
    local.get 0 i32.load offset=232 i32.eqz if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8390641 local.get 1 return
    end
    local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
    local.get 7 local.get 13 i64.load i64.sub local.tee 14 i64.const 4088 i64.gt_u if
      i64.const 8390641 local.set 4
      br 2
    end
    local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add i64.load local.set 15
    local.get 12 local.get 15 i64x2.replace_lane 0 local.set 12
    local.get 0 local.get 12 i64.const 0 i64x2.replace_lane 1 local.tee 12 v128.store offset=1568
    local.get 8 local.tee 16 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 17
    local.get 16 local.get 17 i64.load i64.sub local.tee 18 i64.const 4088 i64.gt_u if
      i64.const 8521457 local.set 4
      br 2
    end
    local.get 18 i32.wrap_i64 local.get 17 i32.load offset=24 i32.add i64.load local.set 19
    local.get 12 i64x2.extract_lane 0 local.set 20
    i64.const 0 local.set 21
    block
      local.get 0 i32.load offset=228 i32.const 65504 i32.and i32.const 8096 i32.eq if
        local.get 20 f64.reinterpret_i64 local.get 19 f64.reinterpret_i64 f64.mul i64.reinterpret_f64 local.tee 22 local.set 21
        local.get 19 i64.const 9223372036854775807 i64.and local.set 23
        local.get 22 i64.const 9223372036854775807 i64.and local.set 24
        local.get 20 i64.const 9223372036854775807 i64.and local.set 25
        local.get 23 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 25 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u i32.and local.get 24 i64.const -9007199254740992 i64.add i64.const 9209861237972664320 i64.lt_u local.get 24 i64.eqz local.get 25 i64.eqz local.get 23 i64.eqz i32.or i32.and i32.or i32.and br_if 1
      end
      local.get 0 local.get 20 i64.store offset=240
      local.get 0 local.get 19 i64.store offset=272
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8521457 local.get 1 return
    end
    local.get 0 local.get 12 local.get 21 i64x2.replace_lane 0 local.tee 12 v128.store offset=1568
    local.get 12 i64x2.extract_lane 0 local.set 26
    local.get 11 i64x2.extract_lane 0 local.set 27
    i64.const 0 local.set 28
    block
      local.get 27 f64.reinterpret_i64 local.get 26 f64.reinterpret_i64 f64.add i64.reinterpret_f64 local.tee 29 local.set 28
      local.get 29 i64.const 9223372036854775807 i64.and local.set 30
      local.get 26 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 27 i64.const 9223372036854775807 i64.and i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u i32.and local.get 30 i64.const -9007199254740992 i64.add i64.const 9209861237972664320 i64.lt_u local.get 30 i64.eqz i32.or i32.and br_if 0
      local.get 0 local.get 27 i64.store offset=240
      local.get 0 local.get 26 i64.store offset=272
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8652273 local.get 1 return
    end
    local.get 0 local.get 11 local.get 28 i64x2.replace_lane 0 local.tee 11 v128.store offset=1504
    local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=48
    local.get 16 i64.const 8 i64.add local.set 31
    local.get 0 local.get 31 local.tee 8 i64.store offset=56
    local.get 31 local.set 9
    local.get 16 local.set 10
    local.get 6 local.set 32
    local.get 9 local.set 33
    local.get 10 local.set 34
    local.get 32 i64.const -1 i64.add local.set 35
    local.get 0 local.get 35 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 35 i64.extend32_s local.tee 9 i64.store offset=152
    local.get 0 local.get 32 i64.extend32_s local.tee 10 i64.store offset=160
    local.get 0 local.get 33 local.get 34 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 36 i64.store offset=168
    local.get 9 i64.eqz i32.eqz if
      br 1
    end
    i64.const 9175136 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; strlen by sixteen
;; 64-bit code at 100: 660f6f0e660f74c8660fd7c14883c61085c074ec
;; 6 guest instructions, 138 instructions, 302 bytes
(local i64 i32 i64 i64 i64 v128 v128 i32 i64 v128 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=48 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 v128.load offset=1504 local.set 9
  local.get 0 v128.load offset=1568 local.set 10
  loop
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 6 i32.sub local.set 1
    local.get 0 i32.load offset=232 i32.eqz if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8390385 local.get 1 return
    end
    local.get 7 i32.wrap_i64 i32.const 15 i32.and if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8390385 local.get 1 return
    end
    local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
    local.get 7 local.get 11 i64.load i64.sub local.tee 12 i64.const 4080 i64.gt_u if
      i64.const 8390385 local.set 4
      br 2
    end
    local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add v128.load local.tee 13 local.set 10
    local.get 0 local.get 10 local.get 9 i8x16.eq local.tee 10 v128.store offset=1568
    local.get 0 local.get 10 i8x16.bitmask i64.extend_i32_u local.tee 6 i64.store
    local.get 0 local.get 7 i64.const 16 i64.add local.tee 7 i64.store offset=48
    local.get 6 i64.extend32_s local.set 14
    i32.const 1 local.set 5
    local.get 0 local.get 14 local.tee 8 i64.store offset=152
    local.get 0 local.get 14 local.tee 15 i64.store offset=160
    local.get 0 i64.const 0 local.tee 16 i64.store offset=168
    local.get 8 i64.eqz if
      br 1
    end
    i64.const 9043984 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; memcpy by sixteen
;; 64-bit code at 100: 0f10060f11074883c6104883c7104883e91077ec
;; 6 guest instructions, 158 instructions, 341 bytes
(local i64 i32 i64 i64 i64 i64 v128 i32 i64 v128 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load offset=8 local.set 6
  local.get 0 i64.load offset=48 local.set 7
  local.get 0 i64.load offset=56 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  local.get 0 v128.load offset=1504 local.set 10
  loop
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 6 i32.sub local.set 1
    local.get 0 i32.load offset=232 i32.eqz if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8390385 local.get 1 return
    end
    local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
    local.get 7 local.get 11 i64.load i64.sub local.tee 12 i64.const 4080 i64.gt_u if
      i64.const 8390385 local.set 4
      br 2
    end
    local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add v128.load local.set 13
    local.get 0 local.get 13 local.tee 10 v128.store offset=1504
    local.get 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
    local.get 8 local.get 14 i64.load offset=8 i64.sub local.tee 15 i64.const 4080 i64.gt_u if
      i64.const 8488433 local.set 4
      br 2
    end
    local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add local.get 10 v128.store
    local.get 0 local.get 7 i64.const 16 i64.add local.tee 7 i64.store offset=48
    local.get 0 i64.const 16 local.tee 16 i64.store offset=168
    local.get 0 local.get 8 i64.const 16 i64.add local.tee 8 i64.store offset=56
    local.get 6 local.tee 17 i64.const -16 i64.add local.set 18
    local.get 0 local.get 18 local.tee 6 i64.store offset=8
    i32.const 1 local.set 5
    local.get 0 local.get 18 local.tee 19 i64.store offset=152
    local.get 0 local.get 17 local.tee 9 i64.store offset=160
    local.get 9 i64.const 16 i64.gt_u if
      br 1
    end
    i64.const 9043984 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a comparison of floats and a branch
;; 64-bit code at 100: 660f2ec17a077605b801000000b902000000
;; 5 guest instructions, 160 instructions, 368 bytes
(local i64 i32 i64 v128 i64 v128 i64 i64 f64 f64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i32.load offset=232 i32.eqz if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8389361 local.get 1 return
    end
    local.get 0 v128.load offset=1568 local.tee 7 i64x2.extract_lane 0 local.set 6
    local.get 0 v128.load offset=1504 local.tee 9 i64x2.extract_lane 0 local.tee 8 i64.const 9223372036854775807 i64.and local.set 10
    local.get 6 i64.const 9223372036854775807 i64.and local.set 11
    local.get 10 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 10 i64.const 9218868437227405312 i64.le_u i32.and local.get 11 i64.const -1 i64.add i64.const 4503599627370495 i64.ge_u local.get 11 i64.const 9218868437227405312 i64.le_u i32.and i32.and if
      local.get 8 f64.reinterpret_i64 local.set 12
      local.get 6 f64.reinterpret_i64 local.set 13
    else
      local.get 0 local.get 8 i64.store offset=240
      local.get 0 local.get 6 i64.store offset=272
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8389361 local.get 1 return
    end
    i32.const 0 local.set 5
    local.get 0 local.get 12 local.get 13 f64.eq i32.const 6 i32.shl local.get 12 local.get 13 f64.lt i32.or i64.extend_i32_u local.tee 14 i64.store offset=168
    local.get 14 i32.wrap_i64 i32.const 4 i32.and i32.const 0 i32.ne i32.const 0 i32.xor if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 14 i32.wrap_i64 i32.const 65 i32.and i32.const 0 i32.ne i32.const 0 i32.xor if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 15 i64.store
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 16 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8978673 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
