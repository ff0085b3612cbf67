;; mov rax, [rbx]
;; 64-bit code at 100: 488b03
;; 1 guest instructions, 66 instructions, 141 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, [rbx + 4]
;; 64-bit code at 100: 8b4304
;; 1 guest instructions, 71 instructions, 148 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 i64.const 4 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
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

;; mov ax, [rbx]
;; 64-bit code at 100: 668b03
;; 1 guest instructions, 74 instructions, 159 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4094 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load16_s local.set 9
  local.get 0 local.get 0 i64.load local.tee 10 i64.const -65536 i64.and local.get 9 i64.const 65535 i64.and i64.or local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov al, [rbx]
;; 64-bit code at 100: 8a03
;; 1 guest instructions, 74 instructions, 157 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4095 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load8_s local.set 9
  local.get 0 local.get 0 i64.load local.tee 10 i64.const -256 i64.and local.get 9 i64.const 255 i64.and i64.or local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov [rbx], rax
;; 64-bit code at 100: 488903
;; 1 guest instructions, 64 instructions, 137 bytes
(local i64 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 i64.load local.tee 9 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov [rbx], eax
;; 64-bit code at 100: 8903
;; 1 guest instructions, 64 instructions, 137 bytes
(local i64 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 i64.load local.tee 9 i64.store32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov [rbx], ax
;; 64-bit code at 100: 668903
;; 1 guest instructions, 64 instructions, 137 bytes
(local i64 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4094 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 i64.load local.tee 9 i64.store16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov [rbx], al
;; 64-bit code at 100: 8803
;; 1 guest instructions, 64 instructions, 137 bytes
(local i64 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4095 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 i64.load local.tee 9 i64.store8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov dword [rbx], 5
;; 64-bit code at 100: c70305000000
;; 1 guest instructions, 62 instructions, 132 bytes
(local i64 i32 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.const 5 i64.store32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8585457 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov rax, [rbx + rcx * 8 + 0x100]
;; 64-bit code at 100: 488b84cb00010000
;; 1 guest instructions, 75 instructions, 158 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.const 3 i64.shl i64.add i64.const 256 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add i64.load local.set 11
  local.get 0 local.get 11 local.tee 12 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8650993 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, [rel $ + 0x200]
;; 64-bit code at 100: 8b05fa010000
;; 1 guest instructions, 69 instructions, 144 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 2 i64.const 768 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
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

;; mov rax, [abs 0x1234]
;; 64-bit code at 100: 488b042534120000
;; 1 guest instructions, 65 instructions, 139 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  i64.const 4660 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8650993 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov rax, [fs:0x28]
;; 64-bit code at 100: 64488b042528000000
;; 1 guest instructions, 68 instructions, 145 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=568 i64.const 40 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8683761 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, [ebx + ecx]
;; 64-bit code at 100: 678b040b
;; 1 guest instructions, 75 instructions, 155 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add i64.load32_s local.set 11
  local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 12 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movzx eax, byte [rbx]
;; 64-bit code at 100: 0fb603
;; 1 guest instructions, 68 instructions, 145 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4095 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load8_s local.set 9
  local.get 0 local.get 9 i64.const 255 i64.and local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsx rax, word [rbx]
;; 64-bit code at 100: 480fbf03
;; 1 guest instructions, 66 instructions, 141 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4094 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load16_s local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsxd rax, [rbx]
;; 64-bit code at 100: 486303
;; 1 guest instructions, 66 instructions, 141 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; add [rbx], eax
;; 64-bit code at 100: 0103
;; 1 guest instructions, 111 instructions, 231 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 i64.load local.tee 11 i64.extend32_s local.set 10
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 6 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add local.get 9 local.get 10 i64.add i64.store32
  i32.const 2 local.set 5
  local.get 0 local.get 9 local.get 11 i64.add i64.extend32_s local.tee 14 i64.store offset=152
  local.get 0 local.get 9 local.tee 15 i64.store offset=160
  local.get 0 local.get 10 local.tee 16 i64.store offset=168
  i64.const 8454177 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; add eax, [rbx]
;; 64-bit code at 100: 0303
;; 1 guest instructions, 89 instructions, 187 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  local.get 0 i64.load offset=24 local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 8 local.get 9 i64.load i64.sub local.tee 10 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add i64.load32_s local.set 11
  local.get 6 local.get 11 i64.add local.set 12
  local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 12 i64.extend32_s local.tee 13 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 14 i64.store offset=160
  local.get 0 local.get 11 local.tee 15 i64.store offset=168
  i64.const 8454177 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; inc byte [rbx]
;; 64-bit code at 100: fe03
;; 1 guest instructions, 136 instructions, 280 bytes
(local i64 i32 i64 i32 i64 i64 i32 i64 i64 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4095 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load8_s local.set 9
  i32.const 0 local.set 10
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 11 local.get 0 i64.load offset=168 local.tee 12 i64.lt_u local.set 10
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 10
  end
  local.get 9 i64.const 1 i64.add local.set 14
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 15
  local.get 6 local.get 15 i64.load offset=8 i64.sub local.tee 16 i64.const 4095 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 16 i32.wrap_i64 local.get 15 i32.load offset=24 i32.add local.get 14 i64.store8
  i32.const 5 local.set 5
  local.get 0 local.get 14 i64.extend8_s local.tee 17 i64.store offset=152
  local.get 0 local.get 9 local.tee 11 i64.store offset=160
  local.get 0 local.get 10 i64.extend_i32_u local.tee 12 i64.store offset=168
  i64.const 8454225 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; neg qword [rbx]
;; 64-bit code at 100: 48f71b
;; 1 guest instructions, 105 instructions, 221 bytes
(local i64 i32 i64 i32 i64 i64 i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  i64.const 0 local.get 9 i64.sub local.set 10
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 6 local.get 11 i64.load offset=8 i64.sub local.tee 12 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add local.get 10 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 10 local.tee 13 i64.store offset=152
  local.get 0 i64.const 0 local.tee 14 i64.store offset=160
  local.get 0 local.get 9 local.tee 15 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xchg [rbx], eax
;; 64-bit code at 100: 8703
;; 1 guest instructions, 98 instructions, 204 bytes
(local i64 i32 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 6 local.get 10 i64.load offset=8 i64.sub local.tee 11 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add local.get 0 i64.load local.tee 12 i64.store32
  local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 12 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; lock xadd [rbx], eax
;; 64-bit code at 100: f00fc103
;; 1 guest instructions, 118 instructions, 244 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 i64.load local.tee 11 local.tee 10 i64.extend32_s local.set 12
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 6 local.get 13 i64.load offset=8 i64.sub local.tee 14 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add local.get 9 local.get 12 i64.add i64.store32
  local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 9 local.get 10 i64.add i64.extend32_s local.tee 15 i64.store offset=152
  local.get 0 local.get 9 local.tee 16 i64.store offset=160
  local.get 0 local.get 12 local.tee 17 i64.store offset=168
  i64.const 8519713 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; lock cmpxchg [rbx], ecx
;; 64-bit code at 100: f00fb10b
;; 1 guest instructions, 128 instructions, 261 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i64 i32 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 i64.load local.tee 11 local.tee 10 local.get 9 i64.sub i64.extend32_s local.tee 12 i64.eqz local.set 13
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
  local.get 6 local.get 14 i64.load offset=8 i64.sub local.tee 15 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add local.get 0 i64.load offset=8 local.tee 16 i64.extend32_s local.get 9 local.get 13 select i64.store32
  local.get 13 i32.eqz if
    local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store
  end
  i32.const 1 local.set 5
  local.get 0 local.get 12 local.tee 17 i64.store offset=152
  local.get 0 local.get 10 i64.extend32_s local.tee 18 i64.store offset=160
  local.get 0 local.get 9 local.tee 19 i64.store offset=168
  i64.const 8519697 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; bt dword [rbx], 3
;; 64-bit code at 100: 0fba2303
;; 1 guest instructions, 81 instructions, 166 bytes
(local i64 i32 i64 i32 i64 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 10
  i32.const 0 local.set 5
  local.get 0 local.get 10 i32.const -2 i32.and local.get 9 i64.const 3 i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.tee 11 i64.store offset=168
  i64.const 8519681 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; bts dword [rbx], ecx
;; 64-bit code at 100: 0fab0b
;; 1 guest instructions, 127 instructions, 252 bytes
(local i64 i32 i64 i64 i64 i64 i32 i64 i64 i32 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.const 31 i64.and local.set 6
  local.get 0 i64.load offset=24 local.tee 9 local.get 7 i64.extend32_s i64.const 5 i64.shr_s i64.const 4 i64.mul i64.add local.tee 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 8 local.get 10 i64.load offset=8 i64.sub local.tee 11 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add i64.load32_s local.set 12
  local.get 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 8 local.get 13 i64.load offset=8 i64.sub local.tee 14 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add local.get 12 i64.const 1 local.get 6 i64.shl i64.or i64.store32
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 15
  i32.const 0 local.set 5
  local.get 0 local.get 15 i32.const -2 i32.and local.get 12 local.get 6 i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.tee 16 i64.store offset=168
  i64.const 8486913 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sete [rbx]
;; 64-bit code at 100: 0f9403
;; 1 guest instructions, 89 instructions, 183 bytes
(local i64 i32 i32 i64 i32 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  i32.const 0 local.set 6
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=152 local.tee 7 i64.eqz local.set 6
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 8 i32.const 64 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 6
  end
  local.get 0 i64.load offset=24 local.tee 9 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 9 local.get 10 i64.load offset=8 i64.sub local.tee 11 i64.const 4095 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add local.get 6 i64.extend_i32_u i64.store8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmovz eax, [rbx]
;; 64-bit code at 100: 0f4403
;; 1 guest instructions, 100 instructions, 204 bytes
(local i64 i32 i64 i32 i64 i64 i32 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.set 9
  i32.const 0 local.set 10
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=152 local.tee 11 i64.eqz local.set 10
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 12 i32.const 64 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 10
  end
  local.get 0 local.get 9 local.get 0 i64.load local.tee 13 i64.extend32_s local.get 10 select i32.wrap_i64 i64.extend_i32_u local.tee 13 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; imul eax, [rbx], 7
;; 64-bit code at 100: 6b0307
;; 1 guest instructions, 85 instructions, 176 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4092 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load32_s local.tee 9 i64.const 7 i64.mul local.tee 10 i64.extend32_s local.set 11
  local.get 0 local.get 10 i32.wrap_i64 i64.extend_i32_u local.tee 12 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 11 local.tee 13 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 10 local.get 11 i64.ne select local.tee 14 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; three loads of one base
;; 64-bit code at 100: 488b03488b4b08488b5310
;; 3 guest instructions, 136 instructions, 281 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i32 i64 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 6 i64.const 8 i64.add local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8487665 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add i64.load local.set 14
  local.get 0 local.get 14 local.tee 15 i64.store offset=8
  local.get 6 i64.const 16 i64.add local.tee 16 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 17
  local.get 16 local.get 17 i64.load i64.sub local.tee 18 i64.const 4088 i64.gt_u if
    i64.const 8618481 local.set 4
    br 1
  end
  local.get 18 i32.wrap_i64 local.get 17 i32.load offset=24 i32.add i64.load local.set 19
  local.get 0 local.get 19 local.tee 20 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8749297 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a load after a store to the same place
;; 64-bit code at 100: 488903488b0b
;; 2 guest instructions, 96 instructions, 202 bytes
(local i64 i32 i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load offset=8 i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add local.get 0 i64.load local.tee 9 i64.store
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 6 local.get 10 i64.load i64.sub local.tee 11 i64.const 4088 i64.gt_u if
    i64.const 8487409 local.set 4
    br 1
  end
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add i64.load local.set 12
  local.get 0 local.get 12 local.tee 13 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8585457 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a load whose result nobody uses
;; 64-bit code at 100: 488b03488b01
;; 2 guest instructions, 100 instructions, 211 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=24 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 i64.load offset=8 local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8487409 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add i64.load local.set 14
  local.get 0 local.get 14 local.tee 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8585457 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a structure copied
;; 64-bit code at 100: 488b06488907488b460848894708
;; 4 guest instructions, 162 instructions, 333 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i32 i64 i64 i32 i64 i64 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 4 i32.sub local.set 1
  local.get 0 i64.load offset=48 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389873 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 10 i64.store
  local.get 0 i64.load offset=56 local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8487921 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add local.get 10 i64.store
  local.get 6 i64.const 8 i64.add local.tee 14 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 15
  local.get 14 local.get 15 i64.load i64.sub local.tee 16 i64.const 4088 i64.gt_u if
    i64.const 8585969 local.set 4
    br 1
  end
  local.get 16 i32.wrap_i64 local.get 15 i32.load offset=24 i32.add i64.load local.set 17
  local.get 0 local.get 17 local.tee 10 i64.store
  local.get 11 i64.const 8 i64.add local.tee 18 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 19
  local.get 18 local.get 19 i64.load offset=8 i64.sub local.tee 20 i64.const 4088 i64.gt_u if
    i64.const 8716785 local.set 4
    br 1
  end
  local.get 20 i32.wrap_i64 local.get 19 i32.load offset=24 i32.add local.get 10 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a pointer chased
;; 64-bit code at 100: 488b00488b00488b00
;; 3 guest instructions, 130 instructions, 271 bytes
(local i64 i32 i64 i32 i64 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 6 i64.store
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 10
  local.get 6 local.get 10 i64.load i64.sub local.tee 11 i64.const 4088 i64.gt_u if
    i64.const 8487665 local.set 4
    br 1
  end
  local.get 11 i32.wrap_i64 local.get 10 i32.load offset=24 i32.add i64.load local.set 12
  local.get 0 local.get 12 local.tee 6 i64.store
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 6 local.get 13 i64.load i64.sub local.tee 14 i64.const 4088 i64.gt_u if
    i64.const 8585713 local.set 4
    br 1
  end
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add i64.load local.set 15
  local.get 0 local.get 15 local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8683761 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
