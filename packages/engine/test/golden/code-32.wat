;; add eax, ecx
;; 32-bit code at 100: 01c8
;; 1 guest instructions, 101 instructions, 208 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.tee 11 local.get 6 i64.add local.tee 12 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 7
  local.get 12 i64.extend32_s local.set 8
  local.get 11 i64.extend32_s local.set 9
  local.get 6 i64.extend32_s local.set 10
  i64.const 8454177 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; push eax
;; 32-bit code at 100: 50
;; 1 guest instructions, 106 instructions, 207 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=32 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load offset=8 i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 34 call $store local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  local.get 5 i64.store32
  local.get 8 local.set 6
  i64.const 8421617 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=32
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; pop ecx
;; 32-bit code at 100: 59
;; 1 guest instructions, 115 instructions, 222 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i64.load offset=32 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 42 call $load local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load32_s local.set 12
  local.get 6 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 12 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8421617 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 6 i64.store offset=32
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, [ebx + ecx * 4]
;; 32-bit code at 100: 8b048b
;; 1 guest instructions, 112 instructions, 217 bytes
(local i64 i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=24 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 7 local.get 6 i64.const 2 i64.shl i64.add i32.wrap_i64 i64.extend_i32_u local.tee 9 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 9 local.get 10 i64.load i64.sub local.tee 11 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 9 i32.const 10 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load32_s local.tee 13 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 8 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov [ebx], eax
;; 32-bit code at 100: 8903
;; 1 guest instructions, 99 instructions, 193 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load offset=8 i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 2 call $store local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  local.get 5 i64.store32
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, [fs:0x10]
;; 32-bit code at 100: 64a110000000
;; 1 guest instructions, 119 instructions, 235 bytes
(local i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 16 local.get 0 i64.load offset=576 i64.lt_s i64.const 19 local.get 0 i64.load offset=584 i64.gt_s i32.or if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 0 i64.load offset=568 i64.const 16 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 7 i32.const 10 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load32_s local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8585457 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov [gs:ebx], ecx
;; 32-bit code at 100: 65890b
;; 1 guest instructions, 121 instructions, 238 bytes
(local i64 i64 i64 i32 i64 i64 i32 i64 i32 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 8 local.get 0 i64.load offset=624 i64.lt_s local.get 8 i64.const 3 i64.add local.get 0 i64.load offset=640 i64.gt_s i32.or if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 0 i64.load offset=616 local.get 6 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 9 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 9 local.get 10 i64.load offset=8 i64.sub local.tee 11 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 9 i32.const 2 call $store local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  local.get 5 i64.store32
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, [ss:ebx]
;; 32-bit code at 100: 368b03
;; 1 guest instructions, 105 instructions, 204 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 42 call $load local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load32_s local.tee 12 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov ax, [ebx]
;; 32-bit code at 100: 668b03
;; 1 guest instructions, 110 instructions, 217 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load i64.sub local.tee 10 i64.const 4094 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 9 call $load local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load16_s local.set 12
  local.get 5 i64.const -65536 i64.and local.get 12 i64.const 65535 i64.and i64.or local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; inc eax
;; 32-bit code at 100: 40
;; 1 guest instructions, 133 instructions, 272 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.set 10
  i32.const 0 local.set 11
  local.get 6 i32.const 1 i32.eq if
    local.get 8 local.get 9 i64.lt_u local.set 11
  else
    local.get 0 local.get 6 i32.store offset=176
    local.get 0 local.get 9 i64.store offset=168
    local.get 0 local.get 7 i64.store offset=152
    local.get 0 local.get 8 i64.store offset=160
    local.get 0 call $status-flags local.tee 12 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 11
  end
  local.get 10 i64.const 1 i64.add local.tee 13 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 5 local.set 6
  local.get 13 i64.extend32_s local.set 7
  local.get 10 i64.extend32_s local.set 8
  local.get 11 i64.extend_i32_u local.set 9
  i64.const 8421457 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 6 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; daa
;; 32-bit code at 100: 27
;; 1 guest instructions, 150 instructions, 301 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i32 i32 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend8_s local.tee 10 i64.const 255 i64.and local.set 11
  local.get 0 local.get 6 i32.store offset=176
  local.get 0 local.get 9 i64.store offset=168
  local.get 0 local.get 7 i64.store offset=152
  local.get 0 local.get 8 i64.store offset=160
  local.get 0 call $status-flags local.set 12
  local.get 10 i64.const 15 i64.and i64.const 9 i64.gt_u local.get 12 i32.const 16 i32.and i32.const 0 i32.ne i32.or local.set 13
  local.get 11 i64.const 153 i64.gt_u local.get 12 i32.const 1 i32.and i32.or local.set 14
  local.get 11 i64.const 6 i64.const 0 local.get 13 select i64.add i64.const 96 i64.const 0 local.get 14 select i64.add local.set 15
  local.get 5 i64.const -256 i64.and local.get 15 i64.const 255 i64.and i64.or local.set 5
  i32.const 7 local.set 6
  local.get 15 i64.extend8_s local.set 7
  i64.const 16 i64.const 0 local.get 13 select local.get 14 i64.extend_i32_u i64.or local.set 9
  i64.const 8421489 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 16 local.get 6 local.get 16 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; pusha
;; 32-bit code at 100: 60
;; interpreted

;; les eax, [ebx]
;; 32-bit code at 100: c403
;; interpreted

;; call eax
;; 32-bit code at 100: ffd0
;; 1 guest instructions, 114 instructions, 219 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=32 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load offset=8 i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 34 call $store local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  local.get 2 i64.const 258 i64.add i64.store32
  local.get 8 local.set 6
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.set 12
  local.get 12 local.set 2
  i64.const 240 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=32
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; ret
;; 32-bit code at 100: c3
;; 1 guest instructions, 111 instructions, 210 bytes
(local i64 i64 i32 i64 i32 i64 i32 i64 i64 i32)
local.get 0 i64.load offset=32 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.tee 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 7 i32.const 42 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load32_s local.set 11
  local.get 5 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 11 i32.wrap_i64 i64.extend_i32_u local.set 12
  local.get 12 local.set 2
  i64.const 240 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=32
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 6 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; leave
;; 32-bit code at 100: c9
;; 1 guest instructions, 115 instructions, 222 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load offset=32 local.set 5
local.get 0 i64.load offset=40 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 42 call $load local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load32_s local.set 12
  local.get 6 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 12 i32.wrap_i64 i64.extend_i32_u local.set 6
  i64.const 8421617 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=32
local.get 0 local.get 6 i64.store offset=40
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cdq
;; 32-bit code at 100: 99
;; 1 guest instructions, 71 instructions, 138 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=16 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend32_s i64.const 63 i64.shr_s i32.wrap_i64 i64.extend_i32_u local.set 6
  i64.const 8421617 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mul ecx
;; 32-bit code at 100: f7e1
;; 1 guest instructions, 114 instructions, 227 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i32.load offset=176 local.set 8
local.get 0 i64.load offset=152 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul local.set 11
  local.get 5 local.get 6 i64.mul local.tee 12 i32.wrap_i64 i64.extend_i32_u local.tee 13 local.set 5
  local.get 11 i64.const 32 i64.shr_u local.set 7
  i32.const 7 local.set 8
  local.get 12 i64.extend32_s local.set 9
  i64.const 2049 i64.const 0 local.get 11 local.get 13 i64.ne select local.set 10
  i64.const 8454257 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 9 i64.store offset=152
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 8 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a loop
;; 32-bit code at 100: 03048e4975fa
;; 3 guest instructions, 183 instructions, 357 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=48 local.set 7
local.get 0 i32.load offset=176 local.set 8
local.get 0 i64.load offset=152 local.set 9
local.get 0 i64.load offset=160 local.set 10
local.get 0 i64.load offset=168 local.set 11
block
  loop
    local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
      i64.const 8389617 local.set 4
      br 2
    end
    local.get 5 local.set 12
    local.get 6 local.set 13
    local.get 7 local.get 13 i64.const 2 i64.shl i64.add i32.wrap_i64 i64.extend_i32_u local.tee 14 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 15
    local.get 14 local.get 15 i64.load i64.sub local.tee 16 i64.const 4092 i64.gt_u if (result i32)
      i64.const 8389617 local.set 4
      local.get 14 i32.const 10 call $load local.tee 17 i32.eqz br_if 2
    local.get 17 else
    local.get 16 i32.wrap_i64 local.get 15 i32.load offset=24 i32.add end
    i64.load32_s local.set 18
    local.get 12 local.get 18 i64.add local.tee 19 i32.wrap_i64 i64.extend_i32_u local.set 5
    local.get 19 i64.extend32_s local.set 9
    local.get 12 i64.extend32_s local.set 10
    local.get 18 local.set 11
    local.get 9 local.set 20
    local.get 10 local.set 21
    local.get 13 i64.const -1 i64.add local.tee 22 i32.wrap_i64 i64.extend_i32_u local.set 6
    i32.const 6 local.set 8
    local.get 22 i64.extend32_s local.set 9
    local.get 13 i64.extend32_s local.set 10
    local.get 20 local.get 21 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.set 11
    local.get 9 i64.eqz i32.eqz if
      br 1
    end
    i64.const 8585312 local.set 4
    br 1
  end
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 9 i64.store offset=152
local.get 0 local.get 10 i64.store offset=160
local.get 0 local.get 11 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 23 local.get 8 local.get 23 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a prologue
;; 32-bit code at 100: 5589e55383ec188b4508
;; 5 guest instructions, 223 instructions, 444 bytes
(local i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i32 i64 i32 i64 i64 i32 i64 i64 i64 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i64.load offset=32 local.set 7
local.get 0 i64.load offset=40 local.set 8
local.get 0 i32.load offset=176 local.set 9
local.get 0 i64.load offset=152 local.set 10
local.get 0 i64.load offset=160 local.set 11
local.get 0 i64.load offset=168 local.set 12
block
  local.get 1 i32.const 5 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8390129 local.set 4
    br 1
  end
  local.get 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
  local.get 13 local.get 14 i64.load offset=8 i64.sub local.tee 15 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8390129 local.set 4
    local.get 13 i32.const 34 call $store local.tee 16 i32.eqz br_if 1
  local.get 16 else
  local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add end
  local.get 8 i64.store32
  local.get 13 local.tee 7 local.set 8
  local.get 7 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 17 local.get 14 i64.load offset=8 i64.sub local.tee 18 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8487921 local.set 4
    local.get 17 i32.const 34 local.get 3 call $find-store local.tee 19 i32.eqz br_if 1
  local.get 19 else
  local.get 18 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add end
  local.get 6 i64.store32
  local.get 17 local.tee 7 local.tee 20 i64.const -24 i64.add local.tee 21 i32.wrap_i64 i64.extend_i32_u local.set 7
  i32.const 1 local.set 9
  local.get 21 i64.extend32_s local.set 10
  local.get 20 i64.extend32_s local.set 11
  i64.const 24 local.set 12
  local.get 8 i64.const 8 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 22 local.get 14 i64.load i64.sub local.tee 23 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8618257 local.set 4
    local.get 22 i32.const 42 local.get 3 call $find-readable local.tee 24 i32.eqz br_if 1
  local.get 24 else
  local.get 23 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add end
  i64.load32_s local.tee 25 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8716305 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=32
local.get 0 local.get 8 i64.store offset=40
local.get 0 local.get 10 i64.store offset=152
local.get 0 local.get 11 i64.store offset=160
local.get 0 local.get 12 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 26 local.get 9 local.get 26 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a call in the region
;; 32-bit code at 100: e80500000083c001eb0483c101c3bb01000000
;; 3 guest instructions, 205 instructions, 403 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i64.load offset=32 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.const -4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 11 i32.const 34 call $store local.tee 14 i32.eqz br_if 1
  local.get 14 else
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  local.get 2 i64.const 261 i64.add i64.store32
  local.get 11 local.set 6
  local.get 1 i32.const 2 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8717041 local.set 4
    br 1
  end
  local.get 5 local.tee 11 i64.const 1 i64.add local.tee 13 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 7
  local.get 13 i64.extend32_s local.set 8
  local.get 11 i64.extend32_s local.set 9
  i64.const 1 local.set 10
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 6 local.get 12 i64.load i64.sub local.tee 15 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8814881 local.set 4
    local.get 6 i32.const 42 call $load local.tee 14 i32.eqz br_if 1
  local.get 14 else
  local.get 15 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  i64.load32_s local.set 16
  local.get 6 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 16 i32.wrap_i64 i64.extend_i32_u local.set 17
  local.get 17 local.set 2
  i64.const 32 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 6 i64.store offset=32
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 18 local.get 7 local.get 18 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; 64-bit arithmetic in pairs
;; 32-bit code at 100: 01c811da0fa4c203c1e003
;; 4 guest instructions, 168 instructions, 320 bytes
(local i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i64.load offset=24 local.set 8
local.get 0 i32.load offset=176 local.set 9
local.get 0 i64.load offset=152 local.set 10
local.get 0 i64.load offset=160 local.set 11
local.get 0 i64.load offset=168 local.set 12
block
  local.get 1 i32.const 4 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389873 local.set 4
    br 1
  end
  local.get 5 local.tee 13 local.get 6 i64.add local.tee 14 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 14 i64.extend32_s local.set 10
  local.get 13 i64.extend32_s local.set 11
  local.get 6 i64.extend32_s local.set 12
  local.get 7 i64.extend32_s local.tee 15 local.get 8 i64.extend32_s i64.add local.get 10 local.get 11 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u i64.add i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 15 local.set 11
  local.get 7 i64.const 3 i64.shl local.get 5 i64.const 29 i64.shr_u i64.or i32.wrap_i64 i64.extend_i32_u local.set 7
  i32.const 7 local.set 9
  local.get 5 i64.const 3 i64.shl local.tee 16 i64.extend32_s local.set 17
  local.get 16 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 16 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 18
  local.get 17 local.set 10
  local.get 18 local.get 17 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 18 i64.xor i64.const 11 i64.shl i64.or local.set 12
  i64.const 8749169 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 10 i64.store offset=152
local.get 0 local.get 11 i64.store offset=160
local.get 0 local.get 12 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 19 local.get 9 local.get 19 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a branch far away
;; 32-bit code at 100: 83f8010f84faff0300b901000000
;; 3 guest instructions, 120 instructions, 246 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 2 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389361 local.set 4
    br 1
  end
  i32.const 1 local.set 7
  local.get 5 i64.const -1 i64.add i64.extend32_s local.set 8
  local.get 5 i64.extend32_s local.set 9
  i64.const 1 local.set 10
  local.get 8 i64.eqz if
    local.get 2 i64.const 262403 i64.add i32.wrap_i64 i64.extend_i32_u local.set 2
    i64.const 16 local.set 4
    br 1
  end
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8684017 local.set 4
    br 1
  end
  i64.const 1 local.set 6
  i64.const 8847377 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and
