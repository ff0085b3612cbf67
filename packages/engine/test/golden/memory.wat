;; mov rax, [rbx]
;; 64-bit code at 100: 488b03
;; 1 guest instructions, 100 instructions, 198 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 3 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load local.tee 11 local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, [rbx + 4]
;; 64-bit code at 100: 8b4304
;; 1 guest instructions, 105 instructions, 205 bytes
(local i64 i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.const 4 i64.add local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 8 i32.const 10 call $load local.tee 11 i32.eqz br_if 1
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

;; mov ax, [rbx]
;; 64-bit code at 100: 668b03
;; 1 guest instructions, 107 instructions, 213 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4094 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 9 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load16_s local.set 11
  local.get 5 i64.const -65536 i64.and local.get 11 i64.const 65535 i64.and i64.or local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov al, [rbx]
;; 64-bit code at 100: 8a03
;; 1 guest instructions, 107 instructions, 211 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 8 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load8_s local.set 11
  local.get 5 i64.const -256 i64.and local.get 11 i64.const 255 i64.and i64.or local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov [rbx], rax
;; 64-bit code at 100: 488903
;; 1 guest instructions, 96 instructions, 189 bytes
(local i64 i64 i64 i32 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 3 call $store local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  local.get 5 i64.store
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov [rbx], eax
;; 64-bit code at 100: 8903
;; 1 guest instructions, 96 instructions, 189 bytes
(local i64 i64 i64 i32 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 2 call $store local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  local.get 5 i64.store32
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov [rbx], ax
;; 64-bit code at 100: 668903
;; 1 guest instructions, 96 instructions, 189 bytes
(local i64 i64 i64 i32 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4094 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 1 call $store local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  local.get 5 i64.store16
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov [rbx], al
;; 64-bit code at 100: 8803
;; 1 guest instructions, 96 instructions, 189 bytes
(local i64 i64 i64 i32 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 0 call $store local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  local.get 5 i64.store8
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov dword [rbx], 5
;; 64-bit code at 100: c70305000000
;; 1 guest instructions, 93 instructions, 182 bytes
(local i64 i64 i32 i32 i64 i32 i32)
local.get 0 i64.load offset=24 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 5 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 2 call $store local.tee 9 i32.eqz br_if 1
  local.get 9 else
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add end
  i64.const 5 i64.store32
  i64.const 8585457 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 10 local.get 6 local.get 10 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov rax, [rbx + rcx * 8 + 0x100]
;; 64-bit code at 100: 488b84cb00010000
;; 1 guest instructions, 110 instructions, 217 bytes
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
  local.get 7 local.get 6 i64.const 3 i64.shl i64.add i64.const 256 i64.add local.tee 9 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 9 local.get 10 i64.load i64.sub local.tee 11 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 9 i32.const 3 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load local.tee 13 local.set 5
  i64.const 8650993 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 8 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, [rel $ + 0x200]
;; 64-bit code at 100: 8b05fa010000
;; 1 guest instructions, 102 instructions, 199 bytes
(local i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 2 i64.const 768 i64.add local.tee 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
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

;; mov rax, [abs 0x1234]
;; 64-bit code at 100: 488b042534120000
;; 1 guest instructions, 98 instructions, 194 bytes
(local i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 4660 local.tee 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 9 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 7 i32.const 3 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load local.tee 11 local.set 5
  i64.const 8650993 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov rax, [fs:0x28]
;; 64-bit code at 100: 64488b042528000000
;; 1 guest instructions, 101 instructions, 200 bytes
(local i64 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 0 i64.load offset=568 i64.const 40 i64.add local.tee 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 9 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 7 i32.const 3 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load local.tee 11 local.set 5
  i64.const 8683761 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, [ebx + ecx]
;; 64-bit code at 100: 678b040b
;; 1 guest instructions, 110 instructions, 214 bytes
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
  local.get 7 local.get 6 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 9 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 9 local.get 10 i64.load i64.sub local.tee 11 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 9 i32.const 10 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load32_s local.tee 13 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8519921 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 8 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movzx eax, byte [rbx]
;; 64-bit code at 100: 0fb603
;; 1 guest instructions, 102 instructions, 202 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 8 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load8_s local.tee 11 i64.const 255 i64.and local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movsx rax, word [rbx]
;; 64-bit code at 100: 480fbf03
;; 1 guest instructions, 100 instructions, 198 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4094 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 9 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load16_s local.tee 11 local.set 5
  i64.const 8519921 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movsxd rax, [rbx]
;; 64-bit code at 100: 486303
;; 1 guest instructions, 100 instructions, 198 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 10 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load32_s local.tee 11 local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; add [rbx], eax
;; 64-bit code at 100: 0103
;; 1 guest instructions, 157 instructions, 319 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 6 local.get 11 i64.load offset=8 i64.sub local.tee 12 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 26 call $load local.tee 13 i32.eqz br_if 1
  local.get 13 else
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add end
  i64.load32_s local.set 14
  local.get 5 i64.extend32_s local.set 15
  local.get 6 local.get 11 i64.load offset=8 i64.sub local.tee 16 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 2 local.get 3 call $find-store local.tee 17 i32.eqz br_if 1
  local.get 17 else
  local.get 16 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add end
  local.get 14 local.get 15 i64.add i64.store32
  i32.const 2 local.set 7
  local.get 14 local.get 5 i64.add i64.extend32_s local.set 8
  local.get 14 local.set 9
  local.get 15 local.set 10
  i64.const 8454177 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 18 local.get 7 local.get 18 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; add eax, [rbx]
;; 64-bit code at 100: 0303
;; 1 guest instructions, 136 instructions, 277 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32 i64 i32 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.set 11
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 6 local.get 12 i64.load i64.sub local.tee 13 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 10 call $load local.tee 14 i32.eqz br_if 1
  local.get 14 else
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  i64.load32_s local.set 15
  local.get 11 local.get 15 i64.add local.tee 16 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 7
  local.get 16 i64.extend32_s local.set 8
  local.get 11 i64.extend32_s local.set 9
  local.get 15 local.set 10
  i64.const 8454177 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 17 local.get 7 local.get 17 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; inc byte [rbx]
;; 64-bit code at 100: fe03
;; 1 guest instructions, 186 instructions, 378 bytes
(local i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i32 i32 i64 i64 i32 i32)
local.get 0 i64.load offset=24 local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 5 local.get 10 i64.load offset=8 i64.sub local.tee 11 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 24 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load8_s local.set 13
  i32.const 0 local.set 14
  local.get 6 i32.const 1 i32.eq if
    local.get 8 local.get 9 i64.lt_u local.set 14
  else
    local.get 0 local.get 6 i32.store offset=176
    local.get 0 local.get 9 i64.store offset=168
    local.get 0 local.get 7 i64.store offset=152
    local.get 0 local.get 8 i64.store offset=160
    local.get 0 call $status-flags local.tee 15 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 14
  end
  local.get 13 i64.const 1 i64.add local.set 16
  local.get 5 local.get 10 i64.load offset=8 i64.sub local.tee 17 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 0 local.get 3 call $find-store local.tee 18 i32.eqz br_if 1
  local.get 18 else
  local.get 17 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  local.get 16 i64.store8
  i32.const 5 local.set 6
  local.get 16 i64.extend8_s local.set 7
  local.get 13 local.set 8
  local.get 14 i64.extend_i32_u local.set 9
  i64.const 8454225 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 19 local.get 6 local.get 19 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; neg qword [rbx]
;; 64-bit code at 100: 48f71b
;; 1 guest instructions, 150 instructions, 307 bytes
(local i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i64 i64 i32 i32)
local.get 0 i64.load offset=24 local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 5 local.get 10 i64.load offset=8 i64.sub local.tee 11 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 19 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load local.set 13
  i64.const 0 local.get 13 i64.sub local.set 14
  local.get 5 local.get 10 i64.load offset=8 i64.sub local.tee 15 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 3 local.get 3 call $find-store local.tee 16 i32.eqz br_if 1
  local.get 16 else
  local.get 15 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  local.get 14 i64.store
  i32.const 1 local.set 6
  local.get 14 local.set 7
  i64.const 0 local.set 8
  local.get 13 local.set 9
  i64.const 8486929 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 17 local.get 6 local.get 17 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; xchg [rbx], eax
;; 64-bit code at 100: 8703
;; 1 guest instructions, 130 instructions, 256 bytes
(local i64 i64 i64 i32 i32 i64 i32 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 26 call $load local.tee 10 i32.eqz br_if 1
  local.get 10 else
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  i64.load32_s local.set 11
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 12 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 2 local.get 3 call $find-store local.tee 13 i32.eqz br_if 1
  local.get 13 else
  local.get 12 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add end
  local.get 5 i64.store32
  local.get 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 7 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; lock xadd [rbx], eax
;; 64-bit code at 100: f00fc103
;; 1 guest instructions, 165 instructions, 334 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 6 local.get 11 i64.load offset=8 i64.sub local.tee 12 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 26 call $load local.tee 13 i32.eqz br_if 1
  local.get 13 else
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add end
  i64.load32_s local.set 14
  local.get 5 local.tee 15 i64.extend32_s local.set 16
  local.get 6 local.get 11 i64.load offset=8 i64.sub local.tee 17 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 2 local.get 3 call $find-store local.tee 18 i32.eqz br_if 1
  local.get 18 else
  local.get 17 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add end
  local.get 14 local.get 16 i64.add i64.store32
  local.get 14 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 7
  local.get 14 local.get 15 i64.add i64.extend32_s local.set 8
  local.get 14 local.set 9
  local.get 16 local.set 10
  i64.const 8519713 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 19 local.get 7 local.get 19 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; lock cmpxchg [rbx], ecx
;; 64-bit code at 100: f00fb10b
;; 1 guest instructions, 176 instructions, 353 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i64 i64 i32 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=24 local.set 7
local.get 0 i32.load offset=176 local.set 8
local.get 0 i64.load offset=152 local.set 9
local.get 0 i64.load offset=160 local.set 10
local.get 0 i64.load offset=168 local.set 11
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 7 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 7 i32.const 26 call $load local.tee 14 i32.eqz br_if 1
  local.get 14 else
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  i64.load32_s local.set 15
  local.get 5 local.tee 16 local.get 15 i64.sub i64.extend32_s local.tee 17 i64.eqz local.set 18
  local.get 7 local.get 12 i64.load offset=8 i64.sub local.tee 19 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 7 i32.const 2 local.get 3 call $find-store local.tee 20 i32.eqz br_if 1
  local.get 20 else
  local.get 19 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  local.get 6 i64.extend32_s local.get 15 local.get 18 select i64.store32
  local.get 18 i32.eqz if
    local.get 15 i32.wrap_i64 i64.extend_i32_u local.set 5
  end
  i32.const 1 local.set 8
  local.get 17 local.set 9
  local.get 16 i64.extend32_s local.set 10
  local.get 15 local.set 11
  i64.const 8519697 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 9 i64.store offset=152
local.get 0 local.get 10 i64.store offset=160
local.get 0 local.get 11 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 21 local.get 8 local.get 21 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; bt dword [rbx], 3
;; 64-bit code at 100: 0fba2303
;; 1 guest instructions, 134 instructions, 274 bytes
(local i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i32 i32)
local.get 0 i64.load offset=24 local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 5 local.get 10 i64.load i64.sub local.tee 11 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 10 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load32_s local.set 13
  local.get 0 local.get 6 i32.store offset=176
  local.get 0 local.get 9 i64.store offset=168
  local.get 0 local.get 7 i64.store offset=152
  local.get 0 local.get 8 i64.store offset=160
  local.get 0 call $status-flags local.set 14
  i32.const 0 local.set 6
  local.get 14 i32.const -2 i32.and local.get 13 i64.const 3 i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.set 9
  i64.const 8519681 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 6 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; bts dword [rbx], ecx
;; 64-bit code at 100: 0fab0b
;; 1 guest instructions, 188 instructions, 374 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32 i64 i32 i64 i32 i64 i32 i32 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const 31 i64.and local.set 11
  local.get 6 local.get 5 i64.extend32_s i64.const 5 i64.shr_s i64.const 4 i64.mul i64.add local.tee 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 12 local.get 13 i64.load offset=8 i64.sub local.tee 14 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 12 i32.const 26 call $load local.tee 15 i32.eqz br_if 1
  local.get 15 else
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
  i64.load32_s local.set 16
  local.get 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 17
  local.get 12 local.get 17 i64.load offset=8 i64.sub local.tee 18 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 12 i32.const 2 call $store local.tee 19 i32.eqz br_if 1
  local.get 19 else
  local.get 18 i32.wrap_i64 local.get 17 i32.load offset=24 i32.add end
  local.get 16 i64.const 1 local.get 11 i64.shl i64.or i64.store32
  local.get 0 local.get 7 i32.store offset=176
  local.get 0 local.get 10 i64.store offset=168
  local.get 0 local.get 8 i64.store offset=152
  local.get 0 local.get 9 i64.store offset=160
  local.get 0 call $status-flags local.set 20
  i32.const 0 local.set 7
  local.get 20 i32.const -2 i32.and local.get 16 local.get 11 i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.set 10
  i64.const 8486913 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 21 local.get 7 local.get 21 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sete [rbx]
;; 64-bit code at 100: 0f9403
;; 1 guest instructions, 136 instructions, 275 bytes
(local i64 i64 i32 i64 i64 i64 i32 i32 i32 i64 i32 i32)
local.get 0 i64.load offset=24 local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i32.const 0 local.set 10
  local.get 6 i32.const 1 i32.eq if
    local.get 7 i64.eqz local.set 10
  else
    local.get 0 local.get 6 i32.store offset=176
    local.get 0 local.get 9 i64.store offset=168
    local.get 0 local.get 7 i64.store offset=152
    local.get 0 local.get 8 i64.store offset=160
    local.get 0 call $status-flags local.tee 11 i32.const 64 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 10
  end
  local.get 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 5 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 5 i32.const 0 call $store local.tee 14 i32.eqz br_if 1
  local.get 14 else
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  local.get 10 i64.extend_i32_u i64.store8
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 6 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cmovz eax, [rbx]
;; 64-bit code at 100: 0f4403
;; 1 guest instructions, 149 instructions, 300 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i32 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 6 local.get 11 i64.load i64.sub local.tee 12 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 10 call $load local.tee 13 i32.eqz br_if 1
  local.get 13 else
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add end
  i64.load32_s local.set 14
  i32.const 0 local.set 15
  local.get 7 i32.const 1 i32.eq if
    local.get 8 i64.eqz local.set 15
  else
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.tee 16 i32.const 64 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 15
  end
  local.get 14 local.get 5 i64.extend32_s local.get 15 select i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 17 local.get 7 local.get 17 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; imul eax, [rbx], 7
;; 64-bit code at 100: 6b0307
;; 1 guest instructions, 131 instructions, 263 bytes
(local i64 i64 i64 i32 i64 i64 i32 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 6 local.get 10 i64.load i64.sub local.tee 11 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8389105 local.set 4
    local.get 6 i32.const 10 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load32_s local.tee 13 i64.const 7 i64.mul local.tee 14 i64.extend32_s local.set 15
  local.get 14 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 7 local.set 7
  local.get 15 local.set 8
  i64.const 2049 i64.const 0 local.get 14 local.get 15 i64.ne select local.set 9
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 16 local.get 7 local.get 16 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; three loads of one base
;; 64-bit code at 100: 488b03488b4b08488b5310
;; 3 guest instructions, 174 instructions, 348 bytes
(local i64 i64 i64 i64 i64 i32 i32 i64 i32 i64 i64 i64 i32 i64 i64 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i64.load offset=24 local.set 8
local.get 0 i32.load offset=176 local.set 9
block
  local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 8 local.get 10 i64.load i64.sub local.tee 11 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389617 local.set 4
    local.get 8 i32.const 3 call $load local.tee 12 i32.eqz br_if 1
  local.get 12 else
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load local.tee 13 local.set 5
  local.get 8 i64.const 8 i64.add local.tee 14 local.get 10 i64.load i64.sub local.tee 15 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8487665 local.set 4
    local.get 14 i32.const 3 local.get 3 call $find-readable local.tee 16 i32.eqz br_if 1
  local.get 16 else
  local.get 15 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load local.tee 17 local.set 6
  local.get 8 i64.const 16 i64.add local.tee 18 local.get 10 i64.load i64.sub local.tee 19 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8618481 local.set 4
    local.get 18 i32.const 3 local.get 3 call $find-readable local.tee 20 i32.eqz br_if 1
  local.get 20 else
  local.get 19 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add end
  i64.load local.tee 21 local.set 7
  i64.const 8749297 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 22 local.get 9 local.get 22 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a load after a store to the same place
;; 64-bit code at 100: 488903488b0b
;; 2 guest instructions, 130 instructions, 259 bytes
(local i64 i64 i64 i64 i32 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=24 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 2 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 7 local.get 9 i64.load offset=8 i64.sub local.tee 10 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389361 local.set 4
    local.get 7 i32.const 3 call $store local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  local.get 5 i64.store
  local.get 7 local.get 9 i64.load i64.sub local.tee 12 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8487409 local.set 4
    local.get 7 i32.const 3 local.get 3 call $find-readable local.tee 13 i32.eqz br_if 1
  local.get 13 else
  local.get 12 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load local.tee 14 local.set 6
  i64.const 8585457 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 8 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a load whose result nobody uses
;; 64-bit code at 100: 488b03488b01
;; 2 guest instructions, 139 instructions, 275 bytes
(local i64 i64 i64 i64 i32 i32 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=24 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 2 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 7 local.get 9 i64.load i64.sub local.tee 10 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389361 local.set 4
    local.get 7 i32.const 3 call $load local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load local.tee 12 local.set 5
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 6 local.get 13 i64.load i64.sub local.tee 14 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8487409 local.set 4
    local.get 6 i32.const 3 call $load local.tee 15 i32.eqz br_if 1
  local.get 15 else
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
  i64.load local.tee 16 local.set 5
  i64.const 8585457 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 17 local.get 8 local.get 17 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a structure copied
;; 64-bit code at 100: 488b06488907488b460848894708
;; 4 guest instructions, 199 instructions, 393 bytes
(local i64 i64 i64 i64 i32 i32 i64 i32 i64 i32 i64 i32 i64 i64 i32 i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=48 local.set 6
local.get 0 i64.load offset=56 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 4 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389873 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389873 local.set 4
    local.get 6 i32.const 3 call $load local.tee 11 i32.eqz br_if 1
  local.get 11 else
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load local.tee 12 local.set 5
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 7 local.get 13 i64.load offset=8 i64.sub local.tee 14 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8487921 local.set 4
    local.get 7 i32.const 3 call $store local.tee 15 i32.eqz br_if 1
  local.get 15 else
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
  local.get 5 i64.store
  local.get 6 i64.const 8 i64.add local.tee 16 local.get 9 i64.load i64.sub local.tee 17 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8585969 local.set 4
    local.get 16 i32.const 3 local.get 3 call $find-readable local.tee 18 i32.eqz br_if 1
  local.get 18 else
  local.get 17 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add end
  i64.load local.tee 19 local.set 5
  local.get 7 i64.const 8 i64.add local.tee 20 local.get 13 i64.load offset=8 i64.sub local.tee 21 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8716785 local.set 4
    local.get 20 i32.const 3 local.get 3 call $find-store local.tee 22 i32.eqz br_if 1
  local.get 22 else
  local.get 21 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
  local.get 5 i64.store
  i64.const 8847601 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 23 local.get 8 local.get 23 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a pointer chased
;; 64-bit code at 100: 488b00488b00488b00
;; 3 guest instructions, 167 instructions, 327 bytes
(local i64 i64 i32 i32 i64 i32 i64 i32 i64 i32 i64 i32 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 5 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8389617 local.set 4
    local.get 5 i32.const 3 call $load local.tee 9 i32.eqz br_if 1
  local.get 9 else
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add end
  i64.load local.tee 10 local.tee 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 5 local.get 11 i64.load i64.sub local.tee 12 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8487665 local.set 4
    local.get 5 i32.const 3 call $load local.tee 13 i32.eqz br_if 1
  local.get 13 else
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add end
  i64.load local.tee 14 local.tee 5 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 15
  local.get 5 local.get 15 i64.load i64.sub local.tee 16 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8585713 local.set 4
    local.get 5 i32.const 3 call $load local.tee 17 i32.eqz br_if 1
  local.get 17 else
  local.get 16 i32.wrap_i64 local.get 15 i32.load offset=24 i32.add end
  i64.load local.tee 18 local.set 5
  i64.const 8683761 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 19 local.get 6 local.get 19 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and
