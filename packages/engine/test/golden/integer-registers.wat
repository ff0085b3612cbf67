;; add eax, ecx
;; 64-bit code at 100: 01c8
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

;; or eax, ecx
;; 64-bit code at 100: 09c8
;; 1 guest instructions, 61 instructions, 130 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.get 0 i64.load offset=8 local.tee 8 i64.extend32_s i64.or local.set 6
  local.get 0 local.get 7 local.get 8 i64.or i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; adc eax, ecx
;; 64-bit code at 100: 11c8
;; 1 guest instructions, 101 instructions, 208 bytes
(local i64 i32 i64 i64 i64 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend32_s local.set 8
  i32.const 0 local.set 10
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 11 local.get 0 i64.load offset=168 local.tee 12 i64.lt_u local.set 10
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 10
  end
  local.get 6 local.get 8 i64.add local.get 10 i64.extend_i32_u i64.add local.set 14
  local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 10 i32.const 2 i32.add local.set 5
  local.get 0 local.get 14 i64.extend32_s local.tee 15 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 8 local.tee 12 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sbb eax, ecx
;; 64-bit code at 100: 19c8
;; 1 guest instructions, 103 instructions, 211 bytes
(local i64 i32 i64 i64 i64 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend32_s local.set 8
  i32.const 0 local.set 10
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 11 local.get 0 i64.load offset=168 local.tee 12 i64.lt_u local.set 10
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 10
  end
  local.get 6 local.get 8 i64.sub local.get 10 i64.extend_i32_u i64.sub local.set 14
  local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 10 i32.const 3 i32.mul i32.const 1 i32.add local.set 5
  local.get 0 local.get 14 i64.extend32_s local.tee 15 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 8 local.tee 12 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; and eax, ecx
;; 64-bit code at 100: 21c8
;; 1 guest instructions, 61 instructions, 130 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.get 0 i64.load offset=8 local.tee 8 i64.extend32_s i64.and local.set 6
  local.get 0 local.get 7 local.get 8 i64.and i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub eax, ecx
;; 64-bit code at 100: 29c8
;; 1 guest instructions, 61 instructions, 130 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.sub local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 11 i64.store offset=160
  local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xor eax, ecx
;; 64-bit code at 100: 31c8
;; 1 guest instructions, 61 instructions, 130 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.get 0 i64.load offset=8 local.tee 8 i64.extend32_s i64.xor local.set 6
  local.get 0 local.get 7 local.get 8 i64.xor i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp eax, ecx
;; 64-bit code at 100: 39c8
;; 1 guest instructions, 52 instructions, 113 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  i32.const 1 local.set 5
  local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
  local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
  local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; add rax, rcx
;; 64-bit code at 100: 4801c8
;; 1 guest instructions, 56 instructions, 125 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.add local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 9 local.tee 12 i64.store offset=168
  i64.const 8486945 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; or rax, rcx
;; 64-bit code at 100: 4809c8
;; 1 guest instructions, 55 instructions, 123 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.or local.set 6
  local.get 0 local.get 6 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; adc rax, rcx
;; 64-bit code at 100: 4811c8
;; 1 guest instructions, 94 instructions, 199 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64 i64)
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
  local.get 6 local.get 0 i64.load offset=8 local.tee 13 i64.add local.get 8 i64.extend_i32_u i64.add local.set 12
  local.get 0 local.get 12 local.tee 7 i64.store
  local.get 8 i32.const 2 i32.add local.set 5
  local.get 0 local.get 12 local.tee 14 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 local.get 13 local.tee 10 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sbb rax, rcx
;; 64-bit code at 100: 4819c8
;; 1 guest instructions, 96 instructions, 202 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64 i64)
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
  local.get 6 local.get 0 i64.load offset=8 local.tee 13 i64.sub local.get 8 i64.extend_i32_u i64.sub local.set 12
  local.get 0 local.get 12 local.tee 7 i64.store
  local.get 8 i32.const 3 i32.mul i32.const 1 i32.add local.set 5
  local.get 0 local.get 12 local.tee 14 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 local.get 13 local.tee 10 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; and rax, rcx
;; 64-bit code at 100: 4821c8
;; 1 guest instructions, 55 instructions, 123 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.and local.set 6
  local.get 0 local.get 6 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub rax, rcx
;; 64-bit code at 100: 4829c8
;; 1 guest instructions, 56 instructions, 125 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.sub local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 9 local.tee 12 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xor rax, rcx
;; 64-bit code at 100: 4831c8
;; 1 guest instructions, 55 instructions, 123 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.xor local.set 6
  local.get 0 local.get 6 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp rax, rcx
;; 64-bit code at 100: 4839c8
;; 1 guest instructions, 49 instructions, 110 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  i32.const 1 local.set 5
  local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub local.tee 6 i64.store offset=152
  local.get 0 local.get 7 local.tee 9 i64.store offset=160
  local.get 0 local.get 8 local.tee 10 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; add ax, cx
;; 64-bit code at 100: 6601c8
;; 1 guest instructions, 68 instructions, 147 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend16_s local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend16_s local.set 8
  local.get 6 local.get 8 i64.add local.set 10
  local.get 0 local.get 7 i64.const -65536 i64.and local.get 10 i64.const 65535 i64.and i64.or local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 10 i64.extend16_s local.tee 11 i64.store offset=152
  local.get 0 local.get 6 local.tee 12 i64.store offset=160
  local.get 0 local.get 8 local.tee 13 i64.store offset=168
  i64.const 8486945 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub ax, 5
;; 64-bit code at 100: 662d0500
;; 1 guest instructions, 62 instructions, 135 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend16_s local.tee 6 i64.const -5 i64.add local.set 8
  local.get 0 local.get 7 i64.const -65536 i64.and local.get 8 i64.const 65535 i64.and i64.or local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 i64.extend16_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 5 local.tee 11 i64.store offset=168
  i64.const 8519697 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; add al, cl
;; 64-bit code at 100: 00c8
;; 1 guest instructions, 68 instructions, 145 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend8_s local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend8_s local.set 8
  local.get 6 local.get 8 i64.add local.set 10
  local.get 0 local.get 7 i64.const -256 i64.and local.get 10 i64.const 255 i64.and i64.or local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 10 i64.extend8_s local.tee 11 i64.store offset=152
  local.get 0 local.get 6 local.tee 12 i64.store offset=160
  local.get 0 local.get 8 local.tee 13 i64.store offset=168
  i64.const 8454177 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub ah, 3
;; 64-bit code at 100: 80ec03
;; 1 guest instructions, 66 instructions, 140 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.const 8 i64.shr_u i64.extend8_s local.tee 6 i64.const -3 i64.add local.set 8
  local.get 0 local.get 7 i64.const -65281 i64.and local.get 8 i64.const 255 i64.and i64.const 8 i64.shl i64.or local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 i64.extend8_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 3 local.tee 11 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xor dh, bl
;; 64-bit code at 100: 30de
;; 1 guest instructions, 67 instructions, 143 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=16 local.tee 7 i64.const 8 i64.shr_u i64.extend8_s local.get 0 i64.load offset=24 local.tee 8 i64.extend8_s i64.xor local.set 6
  local.get 0 local.get 7 i64.const -65281 i64.and local.get 6 i64.const 255 i64.and i64.const 8 i64.shl i64.or local.tee 7 i64.store offset=16
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp al, 10
;; 64-bit code at 100: 3c0a
;; 1 guest instructions, 51 instructions, 111 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend8_s local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 i64.const -10 i64.add i64.extend8_s local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 10 local.tee 10 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; adc cx, dx
;; 64-bit code at 100: 6611d1
;; 1 guest instructions, 105 instructions, 219 bytes
(local i64 i32 i64 i64 i64 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend16_s local.set 6
  local.get 0 i64.load offset=16 local.tee 9 i64.extend16_s local.set 8
  i32.const 0 local.set 10
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 11 local.get 0 i64.load offset=168 local.tee 12 i64.lt_u local.set 10
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 10
  end
  local.get 6 local.get 8 i64.add local.get 10 i64.extend_i32_u i64.add local.set 14
  local.get 0 local.get 7 i64.const -65536 i64.and local.get 14 i64.const 65535 i64.and i64.or local.tee 7 i64.store offset=8
  local.get 10 i32.const 2 i32.add local.set 5
  local.get 0 local.get 14 i64.extend16_s local.tee 15 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 8 local.tee 12 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; inc eax
;; 64-bit code at 100: ffc0
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
  i64.const 8454225 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; dec rcx
;; 64-bit code at 100: 48ffc9
;; 1 guest instructions, 85 instructions, 180 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 local.set 6
  i32.const 0 local.set 8
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 9 local.get 0 i64.load offset=168 local.tee 10 i64.lt_u local.set 8
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 11 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 8
  end
  local.get 6 i64.const -1 i64.add local.set 12
  local.get 0 local.get 12 local.tee 7 i64.store offset=8
  i32.const 6 local.set 5
  local.get 0 local.get 12 local.tee 13 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 local.get 8 i64.extend_i32_u local.tee 10 i64.store offset=168
  i64.const 8487009 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; neg edx
;; 64-bit code at 100: f7da
;; 1 guest instructions, 59 instructions, 126 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=16 local.tee 7 local.set 6
  i64.const 0 local.get 6 i64.sub local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=16
  i32.const 1 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 i64.const 0 local.tee 10 i64.store offset=160
  local.get 0 local.get 6 i64.extend32_s local.tee 11 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; not rbx
;; 64-bit code at 100: 48f7d3
;; 1 guest instructions, 40 instructions, 88 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=24 local.tee 6 i64.const -1 i64.xor local.tee 6 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; test eax, eax
;; 64-bit code at 100: 85c0
;; 1 guest instructions, 48 instructions, 107 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; test cl, 1
;; 64-bit code at 100: f6c101
;; 1 guest instructions, 50 instructions, 110 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend8_s i64.const 1 i64.and local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xor eax, eax
;; 64-bit code at 100: 31c0
;; 1 guest instructions, 47 instructions, 106 bytes
(local i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 0 local.tee 6 i64.store
  i32.const 1 local.set 5
  local.get 0 i64.const 0 local.tee 7 i64.store offset=152
  local.get 0 i64.const 0 local.tee 8 i64.store offset=160
  local.get 0 i64.const 0 local.tee 9 i64.store offset=168
  i64.const 8454161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub rdx, rdx
;; 64-bit code at 100: 4829d2
;; 1 guest instructions, 51 instructions, 115 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=16 local.tee 7 local.set 6
  local.get 0 i64.const 0 local.tee 7 i64.store offset=16
  i32.const 1 local.set 5
  local.get 0 i64.const 0 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 local.get 6 local.tee 10 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov eax, ecx
;; 64-bit code at 100: 89c8
;; 1 guest instructions, 40 instructions, 87 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=8 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov rax, rcx
;; 64-bit code at 100: 4889c8
;; 1 guest instructions, 38 instructions, 85 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=8 local.tee 7 local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov al, cl
;; 64-bit code at 100: 88c8
;; 1 guest instructions, 47 instructions, 102 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 6 i64.const -256 i64.and local.get 0 i64.load offset=8 local.tee 7 i64.extend8_s i64.const 255 i64.and i64.or local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov ax, 7
;; 64-bit code at 100: 66b80700
;; 1 guest instructions, 42 instructions, 93 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 6 i64.const -65536 i64.and i64.const 7 i64.or local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov ah, bl
;; 64-bit code at 100: 88dc
;; 1 guest instructions, 49 instructions, 106 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 6 i64.const -65281 i64.and local.get 0 i64.load offset=24 local.tee 7 i64.extend8_s i64.const 255 i64.and i64.const 8 i64.shl i64.or local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov rax, 0x123456789abcdef0
;; 64-bit code at 100: 48b8f0debc9a78563412
;; 1 guest instructions, 36 instructions, 88 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1311768467463790320 local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8716529 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movzx eax, cl
;; 64-bit code at 100: 0fb6c1
;; 1 guest instructions, 41 instructions, 90 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=8 local.tee 7 i64.extend8_s i64.const 255 i64.and local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsx rax, cx
;; 64-bit code at 100: 480fbfc1
;; 1 guest instructions, 39 instructions, 86 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=8 local.tee 7 i64.extend16_s local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsxd rcx, eax
;; 64-bit code at 100: 4863c8
;; 1 guest instructions, 39 instructions, 86 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 7 i64.extend32_s local.tee 6 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cdqe
;; 64-bit code at 100: 4898
;; 1 guest instructions, 39 instructions, 86 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 6 i64.extend32_s local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cqo
;; 64-bit code at 100: 4899
;; 1 guest instructions, 40 instructions, 88 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 7 i64.const 63 i64.shr_s local.tee 6 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; bswap rdx
;; 64-bit code at 100: 480fca
;; 1 guest instructions, 62 instructions, 150 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=16 local.tee 7 i64.const 8 i64.shr_u i64.const 71777214294589695 i64.and local.get 7 i64.const 71777214294589695 i64.and i64.const 8 i64.shl i64.or local.set 6
  local.get 0 local.get 6 i64.const 16 i64.shr_u i64.const 281470681808895 i64.and local.get 6 i64.const 281470681808895 i64.and i64.const 16 i64.shl i64.or i64.const 32 i64.rotl local.tee 7 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xchg rax, rcx
;; 64-bit code at 100: 4887c8
;; 1 guest instructions, 46 instructions, 103 bytes
(local i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  local.get 0 local.get 0 i64.load offset=8 local.tee 8 local.tee 7 i64.store
  local.get 0 local.get 6 local.tee 8 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; lea rax, [rbx + rcx * 4 + 8]
;; 64-bit code at 100: 488d448b08
;; 1 guest instructions, 46 instructions, 99 bytes
(local i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=24 local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.const 2 i64.shl i64.add i64.const 8 i64.add local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; lea eax, [rbx - 1]
;; 64-bit code at 100: 8d43ff
;; 1 guest instructions, 42 instructions, 90 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=24 local.tee 7 i64.const -1 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; lea rdx, [rel $]
;; 64-bit code at 100: 488d15f9ffffff
;; 1 guest instructions, 38 instructions, 84 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 2 i64.const 256 i64.add local.tee 6 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8618225 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; flags of which only the last are seen
;; 64-bit code at 100: 01c801ca01cb
;; 3 guest instructions, 81 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 local.get 0 i64.load local.tee 6 local.get 0 i64.load offset=8 local.tee 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 0 i64.load offset=16 local.tee 8 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 8 i64.store offset=16
  local.get 0 i64.load offset=24 local.tee 10 local.tee 9 local.get 7 i64.add local.set 11
  local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store offset=24
  local.get 0 local.get 11 i64.extend32_s local.tee 12 i64.store offset=152
  local.get 0 local.get 9 i64.extend32_s local.tee 13 i64.store offset=160
  local.get 0 local.get 7 i64.extend32_s local.tee 14 i64.store offset=168
  i64.const 8585249 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a constant that is folded
;; 64-bit code at 100: b80500000083c0078d0c4500000000
;; 3 guest instructions, 51 instructions, 115 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.const 12 local.tee 6 i64.store
  i32.const 2 local.set 5
  local.get 0 i64.const 12 local.tee 7 i64.store offset=152
  local.get 0 i64.const 5 local.tee 8 i64.store offset=160
  local.get 0 i64.const 7 local.tee 9 i64.store offset=168
  local.get 0 i64.const 24 local.tee 10 i64.store offset=8
  i64.const 8880161 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; carry through a chain
;; 64-bit code at 100: 4801c84811da4811fe
;; 3 guest instructions, 148 instructions, 308 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i32 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.add local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  local.get 8 local.set 10
  local.get 6 local.set 11
  local.get 9 local.set 12
  local.get 0 i64.load offset=16 local.tee 14 local.set 13
  local.get 10 local.get 11 i64.lt_u i32.const 0 i32.xor local.set 15
  local.get 13 local.get 0 i64.load offset=24 local.tee 17 i64.add local.get 15 i64.extend_i32_u i64.add local.set 16
  local.get 0 local.get 16 local.tee 14 i64.store offset=16
  local.get 15 i32.const 2 i32.add local.set 5
  local.get 0 local.get 16 local.tee 10 i64.store offset=152
  local.get 0 local.get 13 local.tee 11 i64.store offset=160
  local.get 0 local.get 17 local.tee 12 i64.store offset=168
  local.get 0 i64.load offset=48 local.tee 19 local.set 18
  i32.const 0 local.set 20
  local.get 5 i32.const 1 i32.eq if
    local.get 11 local.get 12 i64.lt_u local.set 20
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 21 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 20
  end
  local.get 18 local.get 0 i64.load offset=56 local.tee 23 i64.add local.get 20 i64.extend_i32_u i64.add local.set 22
  local.get 0 local.get 22 local.tee 19 i64.store offset=48
  local.get 20 i32.const 2 i32.add local.set 5
  local.get 0 local.get 22 local.tee 10 i64.store offset=152
  local.get 0 local.get 18 local.tee 11 i64.store offset=160
  local.get 0 local.get 23 local.tee 12 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8683761 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a partial register in a loop of parts
;; 64-bit code at 100: 88c888d489c3
;; 3 guest instructions, 66 instructions, 138 bytes
(local i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load local.tee 6 i64.const -256 i64.and local.get 0 i64.load offset=8 local.tee 7 i64.extend8_s i64.const 255 i64.and i64.or local.set 6
  local.get 0 local.get 6 i64.const -65281 i64.and local.get 0 i64.load offset=16 local.tee 8 i64.extend8_s i64.const 255 i64.and i64.const 8 i64.shl i64.or local.tee 6 i64.store
  local.get 0 local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 9 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8585457 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
