;; add eax, ecx
;; 32-bit code at 100: 01c8
;; 1 guest instructions, 61 instructions, 130 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 11 i64.store offset=160
  local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=168
  i64.const 8454177 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; push eax
;; 32-bit code at 100: 50
;; 1 guest instructions, 73 instructions, 153 bytes
(local i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load local.tee 10 i64.store32
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pop ecx
;; 32-bit code at 100: 59
;; 1 guest instructions, 79 instructions, 161 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load32_s local.set 10
  local.get 0 local.get 7 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=32
  local.get 0 local.get 10 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, [ebx + ecx * 4]
;; 32-bit code at 100: 8b048b
;; 1 guest instructions, 77 instructions, 158 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.const 2 i64.shl i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add i64.load32_s local.set 11
  local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 12 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov [ebx], eax
;; 32-bit code at 100: 8903
;; 1 guest instructions, 67 instructions, 141 bytes
(local i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load local.tee 10 i64.store32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, [fs:0x10]
;; 32-bit code at 100: 64a110000000
;; 1 guest instructions, 89 instructions, 187 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  i64.const 16 local.get 0 i64.load offset=576 i64.lt_s i64.const 19 local.get 0 i64.load offset=584 i64.gt_s i32.or if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=568 i64.const 16 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8585457 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov [gs:ebx], ecx
;; 32-bit code at 100: 65890b
;; 1 guest instructions, 92 instructions, 193 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 0 i64.load offset=624 i64.lt_s local.get 6 i64.const 3 i64.add local.get 0 i64.load offset=640 i64.gt_s i32.or if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=616 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load offset=8 i64.sub local.tee 10 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add local.get 0 i64.load offset=8 local.tee 11 i64.store32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, [ss:ebx]
;; 32-bit code at 100: 368b03
;; 1 guest instructions, 71 instructions, 147 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load32_s local.set 10
  local.get 0 local.get 10 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov ax, [ebx]
;; 32-bit code at 100: 668b03
;; 1 guest instructions, 77 instructions, 163 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4094 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load16_s local.set 10
  local.get 0 local.get 0 i64.load local.tee 11 i64.const -65536 i64.and local.get 10 i64.const 65535 i64.and i64.or local.tee 11 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; inc eax
;; 32-bit code at 100: 40
;; 1 guest instructions, 89 instructions, 184 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  i32.const 0 local.set 8
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 9 local.get 0 i64.load offset=168 local.tee 10 i64.lt_u local.set 8
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 11 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 8
  end
  local.get 6 i64.const 1 i64.add local.set 12
  local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 5 local.set 5
  local.get 0 local.get 12 i64.extend32_s local.tee 13 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 9 i64.store offset=160
  local.get 0 local.get 8 i64.extend_i32_u local.tee 10 i64.store offset=168
  i64.const 8421457 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; daa
;; 32-bit code at 100: 27
;; 1 guest instructions, 102 instructions, 201 bytes
(local i64 i32 i64 i64 i64 i32 i32 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend8_s local.tee 6 i64.const 255 i64.and local.set 8
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 9
  local.get 6 i64.const 15 i64.and i64.const 9 i64.gt_u local.get 9 i32.const 16 i32.and i32.const 0 i32.ne i32.or local.set 10
  local.get 8 i64.const 153 i64.gt_u local.get 9 i32.const 1 i32.and i32.or local.set 11
  local.get 8 i64.const 6 i64.const 0 local.get 10 select i64.add i64.const 96 i64.const 0 local.get 11 select i64.add local.set 12
  local.get 0 local.get 7 i64.const -256 i64.and local.get 12 i64.const 255 i64.and i64.or local.tee 7 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 12 i64.extend8_s local.tee 13 i64.store offset=152
  local.get 0 i64.const 16 i64.const 0 local.get 10 select local.get 11 i64.extend_i32_u i64.or local.tee 14 i64.store offset=168
  i64.const 8421489 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pusha
;; 32-bit code at 100: 60
;; interpreted

;; les eax, [ebx]
;; 32-bit code at 100: c403
;; interpreted

;; call eax
;; 32-bit code at 100: ffd0
;; 1 guest instructions, 82 instructions, 169 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 2 i64.const 258 i64.add i64.store32
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 i64.load local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 10
  local.get 0 local.get 10 i64.store offset=136
  local.get 0 local.get 5 i32.store offset=176
  i64.const 242 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; ret
;; 32-bit code at 100: c3
;; 1 guest instructions, 80 instructions, 162 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load32_s local.set 10
  local.get 0 local.get 7 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=32
  local.get 10 i32.wrap_i64 i64.extend_i32_u local.set 11
  local.get 0 local.get 11 i64.store offset=136
  local.get 0 local.get 5 i32.store offset=176
  i64.const 242 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; leave
;; 32-bit code at 100: c9
;; 1 guest instructions, 79 instructions, 161 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=40 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load32_s local.set 10
  local.get 0 local.get 7 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store offset=32
  local.get 0 local.get 10 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=40
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cdq
;; 32-bit code at 100: 99
;; 1 guest instructions, 43 instructions, 91 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 7 i64.extend32_s i64.const 63 i64.shr_s i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mul ecx
;; 32-bit code at 100: f7e1
;; 1 guest instructions, 74 instructions, 150 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u local.get 0 i64.load offset=8 local.tee 8 i32.wrap_i64 i64.extend_i32_u i64.mul local.set 6
  local.get 7 local.get 8 i64.mul local.tee 9 i32.wrap_i64 i64.extend_i32_u local.set 10
  local.get 0 local.get 10 local.tee 7 i64.store
  local.get 0 local.get 6 i64.const 32 i64.shr_u local.tee 11 i64.store offset=16
  i32.const 7 local.set 5
  local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 6 local.get 10 i64.ne select local.tee 13 i64.store offset=168
  i64.const 8454257 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a loop
;; 32-bit code at 100: 03048e4975fa
;; 3 guest instructions, 144 instructions, 287 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=48 local.set 8
  local.get 0 i64.load offset=152 local.set 9
  local.get 0 i64.load offset=160 local.set 10
  loop
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 6 local.set 11
    local.get 7 local.set 12
    local.get 8 local.get 12 i64.const 2 i64.shl i64.add i32.wrap_i64 i64.extend_i32_u local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
    local.get 13 local.get 14 i64.load i64.sub local.tee 15 i64.const 4092 i64.gt_u if
      i64.const 8389617 local.set 4
      br 2
    end
    local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add i64.load32_s local.set 16
    local.get 11 local.get 16 i64.add local.set 17
    local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 17 i64.extend32_s local.set 9
    local.get 11 i64.extend32_s local.set 10
    local.get 16 local.set 18
    local.get 9 local.set 19
    local.get 10 local.set 20
    local.get 12 i64.const -1 i64.add local.set 21
    local.get 0 local.get 21 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 21 i64.extend32_s local.tee 9 i64.store offset=152
    local.get 0 local.get 12 i64.extend32_s local.tee 10 i64.store offset=160
    local.get 0 local.get 19 local.get 20 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 18 i64.store offset=168
    local.get 9 i64.eqz i32.eqz if
      br 1
    end
    i64.const 8585312 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a prologue
;; 32-bit code at 100: 5589e55383ec188b4508
;; 5 guest instructions, 176 instructions, 354 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 5 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 5 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8390129 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load offset=40 local.tee 10 i64.store32
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 7 local.tee 10 i64.store offset=40
  local.get 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4092 i64.gt_u if
    i64.const 8487921 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add local.get 0 i64.load offset=24 local.tee 14 i64.store32
  local.get 11 local.tee 7 local.tee 15 i64.const -24 i64.add local.set 16
  local.get 0 local.get 16 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=32
  i32.const 1 local.set 5
  local.get 0 local.get 16 i64.extend32_s local.tee 17 i64.store offset=152
  local.get 0 local.get 15 i64.extend32_s local.tee 18 i64.store offset=160
  local.get 0 i64.const 24 local.tee 19 i64.store offset=168
  local.get 10 i64.const 8 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 20 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 21
  local.get 20 local.get 21 i64.load i64.sub local.tee 22 i64.const 4092 i64.gt_u if
    i64.const 8618257 local.set 4
    br 1
  end
  local.get 22 i32.wrap_i64 local.get 21 i32.load offset=24 i32.add i64.load32_s local.set 23
  local.get 0 local.get 23 i32.wrap_i64 i64.extend_i32_u local.tee 24 i64.store
  i64.const 8716305 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a call in the region
;; 32-bit code at 100: e80500000083c001eb0483c101c3bb01000000
;; 3 guest instructions, 146 instructions, 293 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 2 i64.const 261 i64.add i64.store32
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 10 local.tee 6 i64.const 1 i64.add local.set 9
  local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store offset=8
  i32.const 2 local.set 5
  local.get 0 local.get 9 i64.extend32_s local.tee 11 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 12 i64.store offset=160
  local.get 0 i64.const 1 local.tee 13 i64.store offset=168
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 14 i64.const 4092 i64.gt_u if
    i64.const 8814881 local.set 4
    br 1
  end
  local.get 14 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load32_s local.set 15
  local.get 0 local.get 7 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=32
  local.get 15 i32.wrap_i64 i64.extend_i32_u local.set 16
  local.get 0 local.get 16 i64.store offset=136
  i64.const 34 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; 64-bit arithmetic in pairs
;; 32-bit code at 100: 01c811da0fa4c203c1e003
;; 4 guest instructions, 124 instructions, 234 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 4 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.add local.tee 8 i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 8 i64.extend32_s local.set 10
  local.get 6 i64.extend32_s local.set 11
  local.get 9 i64.extend32_s local.set 12
  local.get 0 i64.load offset=16 local.tee 14 i64.extend32_s local.tee 13 local.get 0 i64.load offset=24 local.tee 15 i64.extend32_s i64.add local.get 10 local.get 11 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u i64.add i32.wrap_i64 i64.extend_i32_u local.set 14
  local.get 0 local.get 13 local.tee 11 i64.store offset=160
  local.get 0 local.get 14 i64.const 3 i64.shl local.get 7 i64.const 29 i64.shr_u i64.or i32.wrap_i64 i64.extend_i32_u local.tee 14 i64.store offset=16
  i32.const 7 local.set 5
  local.get 7 i64.const 3 i64.shl local.tee 16 i64.extend32_s local.set 17
  local.get 0 local.get 16 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 16 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 18
  local.get 0 local.get 17 local.tee 10 i64.store offset=152
  local.get 0 local.get 18 local.get 17 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 18 i64.xor i64.const 11 i64.shl i64.or local.tee 12 i64.store offset=168
  i64.const 8749169 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a branch far away
;; 32-bit code at 100: 83f8010f84faff0300b901000000
;; 3 guest instructions, 71 instructions, 149 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  i32.const 1 local.set 5
  local.get 0 local.get 0 i64.load local.tee 7 i64.const -1 i64.add i64.extend32_s local.tee 6 i64.store offset=152
  local.get 0 local.get 7 i64.extend32_s local.tee 8 i64.store offset=160
  local.get 0 i64.const 1 local.tee 9 i64.store offset=168
  local.get 6 i64.eqz if
    local.get 0 local.get 2 i64.const 262403 i64.add i32.wrap_i64 i64.extend_i32_u i64.store offset=136
    i64.const 18 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 10 i64.store offset=8
  i64.const 8847377 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
