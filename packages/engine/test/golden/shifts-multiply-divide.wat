;; shl eax, 4
;; 64-bit code at 100: c1e004
;; 1 guest instructions, 71 instructions, 140 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u i64.const 4 i64.shl local.tee 6 i64.extend32_s local.set 8
  local.get 0 local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 6 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 9
  i32.const 7 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 9 local.get 8 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 9 i64.xor i64.const 11 i64.shl i64.or local.tee 11 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shr rax, 1
;; 64-bit code at 100: 48d1e8
;; 1 guest instructions, 58 instructions, 122 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 i64.const 1 i64.shr_u local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 8 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.const 1 i64.and local.get 6 i64.const 63 i64.shr_u i64.const 11 i64.shl i64.or local.tee 10 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sar ecx, 31
;; 64-bit code at 100: c1f91f
;; 1 guest instructions, 57 instructions, 119 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend32_s local.tee 6 i64.const 31 i64.shr_s local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
  i32.const 7 local.set 5
  local.get 0 local.get 8 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.const 30 i64.shr_s i64.const 1 i64.and local.tee 10 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shl eax, cl
;; 64-bit code at 100: d3e0
;; 1 guest instructions, 94 instructions, 183 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend8_s i64.const 31 i64.and local.tee 8 i64.const 0 i64.ne if
    local.get 6 i32.wrap_i64 i64.extend_i32_u local.get 8 i64.shl local.tee 10 i64.extend32_s local.set 11
    local.get 0 local.get 10 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
    local.get 10 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 12
    i32.const 7 local.set 5
    local.get 0 local.get 11 local.tee 13 i64.store offset=152
    local.get 0 local.get 12 local.get 11 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 12 i64.xor i64.const 11 i64.shl i64.or local.tee 14 i64.store offset=168
  else
    local.get 0 local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shr rax, cl
;; 64-bit code at 100: 48d3e8
;; 1 guest instructions, 78 instructions, 159 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend8_s local.tee 8 i64.const 63 i64.and local.tee 10 i64.const 0 i64.ne if
    local.get 6 local.get 8 i64.shr_u local.set 11
    local.get 0 local.get 11 local.tee 7 i64.store
    i32.const 7 local.set 5
    local.get 0 local.get 11 local.tee 12 i64.store offset=152
    local.get 0 local.get 6 local.get 10 i64.const -1 i64.add i64.shr_u i64.const 1 i64.and local.get 6 i64.const 63 i64.shr_u i64.const 11 i64.shl i64.or local.tee 13 i64.store offset=168
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sar dl, cl
;; 64-bit code at 100: d2fa
;; 1 guest instructions, 78 instructions, 160 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=16 local.tee 7 i64.extend8_s local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend8_s i64.const 31 i64.and local.tee 8 i64.const 0 i64.ne if
    local.get 6 local.get 8 i64.shr_s local.set 10
    local.get 0 local.get 7 i64.const -256 i64.and local.get 10 i64.const 255 i64.and i64.or local.tee 7 i64.store offset=16
    i32.const 7 local.set 5
    local.get 0 local.get 10 local.tee 11 i64.store offset=152
    local.get 0 local.get 6 local.get 8 i64.const -1 i64.add i64.shr_s i64.const 1 i64.and local.tee 12 i64.store offset=168
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; rol eax, 5
;; 64-bit code at 100: c1c005
;; 1 guest instructions, 81 instructions, 156 bytes
(local i64 i32 i64 i64 i64 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.const 5 i64.shl local.get 6 i64.const 27 i64.shr_u i64.or local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 8 i64.const 1 i64.and local.set 9
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 10
  i32.const 0 local.set 5
  local.get 0 local.get 10 i32.const -2050 i32.and local.get 9 local.get 8 i64.extend32_s i64.const 31 i64.shr_u i64.const 1 i64.and local.get 9 i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.tee 11 i64.store offset=168
  i64.const 8486913 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; ror rax, cl
;; 64-bit code at 100: 48d3c8
;; 1 guest instructions, 85 instructions, 170 bytes
(local i64 i32 i64 i64 i64 i64 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend8_s local.tee 6 i64.const 63 i64.and i64.const 0 i64.ne if
    local.get 0 i64.load local.tee 9 local.get 6 i64.rotr local.set 8
    local.get 0 local.get 8 local.tee 9 i64.store
    local.get 8 i64.const 63 i64.shr_u local.set 10
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.set 11
    i32.const 0 local.set 5
    local.get 0 local.get 11 i32.const -2050 i32.and local.get 10 local.get 10 local.get 8 i64.const 62 i64.shr_u i64.const 1 i64.and i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.tee 12 i64.store offset=168
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; rcl eax, 1
;; 64-bit code at 100: d1d0
;; 1 guest instructions, 114 instructions, 219 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u local.set 6
  i32.const 0 local.set 8
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 9 local.get 0 i64.load offset=168 local.tee 10 i64.lt_u local.set 8
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 11 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 8
  end
  local.get 6 i64.const 31 i64.shr_u local.set 12
  local.get 6 i64.const 1 i64.shl local.get 8 i64.extend_i32_u i64.or local.get 12 i64.const 1 i64.shr_u i64.or local.set 13
  local.get 0 local.get 13 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 14
  i32.const 0 local.set 5
  local.get 0 local.get 14 i32.const -2050 i32.and local.get 12 local.get 13 i64.extend32_s i64.const 31 i64.shr_u i64.const 1 i64.and local.get 12 i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.tee 10 i64.store offset=168
  i64.const 8454145 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; rcr ecx, cl
;; 64-bit code at 100: d3d9
;; 1 guest instructions, 147 instructions, 276 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i32 i64 i64 i64 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 i64.extend8_s i64.const 31 i64.and local.set 8
  i32.const 0 local.set 9
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 10 local.get 0 i64.load offset=168 local.tee 11 i64.lt_u local.set 9
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 12 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 9
  end
  local.get 8 i64.const 0 i64.ne if
    i64.const 32 local.get 8 i64.sub local.set 13
    local.get 6 local.get 8 i64.shr_u local.get 9 i64.extend_i32_u local.get 13 i64.shl i64.or local.get 6 local.get 13 i64.shl i64.const 1 i64.shl i64.or local.tee 14 i64.extend32_s local.set 15
    local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.set 16
    i32.const 0 local.set 5
    local.get 0 local.get 16 i32.const -2050 i32.and local.get 6 local.get 8 i64.const -1 i64.add i64.shr_u i64.const 1 i64.and local.get 15 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 15 i64.const 30 i64.shr_u i64.const 1 i64.and i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.tee 11 i64.store offset=168
  else
    local.get 0 local.get 6 local.tee 7 i64.store offset=8
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shld eax, ecx, 7
;; 64-bit code at 100: 0fa4c807
;; 1 guest instructions, 80 instructions, 154 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.const 7 i64.shl local.get 0 i64.load offset=8 local.tee 9 i32.wrap_i64 i64.extend_i32_u i64.const 25 i64.shr_u i64.or local.tee 8 i64.extend32_s local.set 10
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 10 local.tee 11 i64.store offset=152
  local.get 0 local.get 6 i64.const 25 i64.shr_u i64.const 1 i64.and local.get 10 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 6 i64.const 31 i64.shr_u i64.xor i64.const 11 i64.shl i64.or local.tee 12 i64.store offset=168
  i64.const 8519793 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shrd rax, rcx, cl
;; 64-bit code at 100: 480fadc8
;; 1 guest instructions, 88 instructions, 175 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  local.get 0 i64.load offset=8 local.tee 9 i64.extend8_s local.tee 8 i64.const 63 i64.and local.tee 10 i64.const 0 i64.ne if
    local.get 6 local.get 8 i64.shr_u local.get 9 i64.const 64 local.get 10 i64.sub i64.shl i64.or local.set 11
    local.get 0 local.get 11 local.tee 7 i64.store
    i32.const 7 local.set 5
    local.get 0 local.get 11 local.tee 12 i64.store offset=152
    local.get 0 local.get 6 local.get 10 i64.const -1 i64.add i64.shr_u i64.const 1 i64.and local.get 11 i64.const 63 i64.shr_u local.get 6 i64.const 63 i64.shr_u i64.xor i64.const 11 i64.shl i64.or local.tee 13 i64.store offset=168
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; bsf eax, ecx
;; 64-bit code at 100: 0fbcc1
;; 1 guest instructions, 61 instructions, 129 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend32_s local.set 6
  local.get 7 i32.wrap_i64 i64.extend_i32_u local.tee 8 i64.const 0 i64.ne if
    local.get 0 local.get 8 i64.ctz local.tee 9 i64.store
  end
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 i64.const 0 local.tee 12 i64.store offset=168
  i64.const 8486929 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; bsr rax, rcx
;; 64-bit code at 100: 480fbdc1
;; 1 guest instructions, 57 instructions, 123 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 6 i64.const 0 i64.ne if
    local.get 0 i64.const 63 local.get 6 i64.clz i64.sub local.tee 7 i64.store
  end
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  i64.const 8519697 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; bt eax, ecx
;; 64-bit code at 100: 0fa3c8
;; 1 guest instructions, 58 instructions, 119 bytes
(local i64 i32 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 6
  i32.const 0 local.set 5
  local.get 0 local.get 6 i32.const -2 i32.and local.get 0 i64.load local.tee 8 i64.extend32_s local.get 0 i64.load offset=8 local.tee 9 i64.const 31 i64.and i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.tee 7 i64.store offset=168
  i64.const 8486913 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; btc rax, 5
;; 64-bit code at 100: 480fbaf805
;; 1 guest instructions, 61 instructions, 126 bytes
(local i64 i32 i64 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.set 6
  local.get 0 local.get 6 i64.const 32 i64.xor local.tee 7 i64.store
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 8
  i32.const 0 local.set 5
  local.get 0 local.get 8 i32.const -2 i32.and local.get 6 i64.const 5 i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.tee 9 i64.store offset=168
  i64.const 8552449 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; imul eax, ecx
;; 64-bit code at 100: 0fafc1
;; 1 guest instructions, 65 instructions, 134 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.mul local.tee 8 i64.extend32_s local.set 10
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 10 local.tee 11 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 6 i64.extend32_s local.get 9 i64.extend32_s i64.mul local.get 10 i64.ne select local.tee 12 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; imul rax, rcx
;; 64-bit code at 100: 480fafc1
;; 1 guest instructions, 125 instructions, 222 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.mul local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  local.get 6 i64.const 32 i64.shr_u local.set 10
  local.get 9 i64.const 32 i64.shr_u local.set 11
  i32.const 7 local.set 5
  local.get 0 local.get 8 local.tee 12 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 6 i64.const 32 i64.shr_u local.get 9 i64.const 32 i64.shr_u i64.mul local.get 10 local.get 9 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u i64.add local.get 6 i32.wrap_i64 i64.extend_i32_u local.get 11 i64.mul i64.const 32 i64.shr_u local.get 6 i32.wrap_i64 i64.extend_i32_u local.get 9 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u local.get 10 local.get 9 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add local.get 6 local.get 11 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add i64.const 32 i64.shr_u i64.add i64.add local.get 6 i64.const 63 i64.shr_s local.get 9 i64.and local.get 9 i64.const 63 i64.shr_s local.get 6 i64.and i64.add i64.sub local.get 8 i64.const 63 i64.shr_s i64.ne select local.tee 13 i64.store offset=168
  i64.const 8519793 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; imul eax, ecx, 100
;; 64-bit code at 100: 6bc164
;; 1 guest instructions, 61 instructions, 128 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.const 100 i64.mul local.tee 6 i64.extend32_s local.set 8
  local.get 0 local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 9 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 7 i64.extend32_s i64.const 100 i64.mul local.get 8 i64.ne select local.tee 11 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mul ecx
;; 64-bit code at 100: f7e1
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

;; mul rcx
;; 64-bit code at 100: 48f7e1
;; 1 guest instructions, 116 instructions, 212 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.mul local.set 6
  local.get 7 i64.const 32 i64.shr_u local.set 9
  local.get 8 i64.const 32 i64.shr_u local.set 10
  local.get 7 i64.const 32 i64.shr_u local.get 8 i64.const 32 i64.shr_u i64.mul local.get 9 local.get 8 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u i64.add local.get 7 i32.wrap_i64 i64.extend_i32_u local.get 10 i64.mul i64.const 32 i64.shr_u local.get 7 i32.wrap_i64 i64.extend_i32_u local.get 8 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u local.get 9 local.get 8 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add local.get 7 local.get 10 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add i64.const 32 i64.shr_u i64.add i64.add local.set 11
  local.get 0 local.get 6 local.tee 7 i64.store
  local.get 0 local.get 11 local.tee 12 i64.store offset=16
  i32.const 7 local.set 5
  local.get 0 local.get 6 local.tee 13 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 11 i64.const 0 i64.ne select local.tee 14 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; imul rcx
;; 64-bit code at 100: 48f7e9
;; 1 guest instructions, 130 instructions, 233 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.mul local.set 6
  local.get 7 i64.const 32 i64.shr_u local.set 9
  local.get 8 i64.const 32 i64.shr_u local.set 10
  local.get 7 i64.const 32 i64.shr_u local.get 8 i64.const 32 i64.shr_u i64.mul local.get 9 local.get 8 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u i64.add local.get 7 i32.wrap_i64 i64.extend_i32_u local.get 10 i64.mul i64.const 32 i64.shr_u local.get 7 i32.wrap_i64 i64.extend_i32_u local.get 8 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u local.get 9 local.get 8 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add local.get 7 local.get 10 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add i64.const 32 i64.shr_u i64.add i64.add local.get 7 i64.const 63 i64.shr_s local.get 8 i64.and local.get 8 i64.const 63 i64.shr_s local.get 7 i64.and i64.add i64.sub local.set 11
  local.get 0 local.get 6 local.tee 7 i64.store
  local.get 0 local.get 11 local.tee 12 i64.store offset=16
  i32.const 7 local.set 5
  local.get 0 local.get 6 local.tee 13 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 11 local.get 6 i64.const 63 i64.shr_s i64.ne select local.tee 14 i64.store offset=168
  i64.const 8487025 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; div ecx
;; 64-bit code at 100: f7f1
;; 1 guest instructions, 87 instructions, 179 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=16 local.tee 9 i64.extend32_s i64.const 32 i64.shl local.get 0 i64.load local.tee 10 i32.wrap_i64 i64.extend_i32_u i64.or local.tee 8 local.get 6 i64.div_u local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 12
  local.get 11 local.get 12 i64.ne if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 12 local.tee 10 i64.store
  local.get 0 local.get 8 local.get 6 i64.rem_u local.tee 9 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; div rcx
;; 64-bit code at 100: 48f7f1
;; 1 guest instructions, 85 instructions, 183 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=16 local.tee 7 local.set 6
  local.get 0 i64.load local.tee 9 local.set 8
  local.get 6 local.get 0 i64.load offset=8 local.tee 10 i64.ge_u if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 6 i64.eqz if
    local.get 0 local.get 8 local.get 10 i64.div_u local.tee 9 i64.store
    local.get 0 local.get 8 local.get 10 i64.rem_u local.tee 7 i64.store offset=16
  else
    local.get 0 local.get 6 local.get 8 local.get 10 call $divide-wide local.set 11
    local.get 0 local.get 11 local.tee 9 i64.store
    local.get 0 local.get 0 i64.load offset=240 local.tee 7 i64.store offset=16
  end
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8487153 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; idiv ecx
;; 64-bit code at 100: f7f9
;; 1 guest instructions, 102 instructions, 216 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend32_s local.tee 6 i64.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=16 local.tee 9 i64.extend32_s i64.const 32 i64.shl local.get 0 i64.load local.tee 10 i32.wrap_i64 i64.extend_i32_u i64.or local.tee 8 i64.const -9223372036854775808 i64.eq local.get 6 i64.const -1 i64.eq i32.and if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 8 local.get 6 i64.div_s local.tee 11 local.get 11 i64.extend32_s i64.ne if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store
  local.get 0 local.get 8 local.get 6 i64.rem_s i32.wrap_i64 i64.extend_i32_u local.tee 9 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mul cl
;; 64-bit code at 100: f6e1
;; 1 guest instructions, 72 instructions, 152 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend8_s i64.const 255 i64.and local.get 0 i64.load offset=8 local.tee 8 i64.extend8_s i64.const 255 i64.and i64.mul local.tee 6 i64.extend8_s local.set 9
  local.get 0 local.get 7 i64.const -65536 i64.and local.get 6 i64.const 65535 i64.and i64.or local.tee 7 i64.store
  i32.const 7 local.set 5
  local.get 0 local.get 9 local.tee 10 i64.store offset=152
  local.get 0 i64.const 2049 i64.const 0 local.get 6 local.get 9 i64.const 255 i64.and i64.ne select local.tee 11 i64.store offset=168
  i64.const 8454257 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; div cl
;; 64-bit code at 100: f6f1
;; 1 guest instructions, 88 instructions, 186 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 i64.extend8_s i64.const 255 i64.and local.tee 6 i64.eqz if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load local.tee 9 i64.extend16_s i64.const 65535 i64.and local.tee 8 local.get 6 i64.div_u local.tee 10 i64.const 255 i64.and local.set 11
  local.get 10 local.get 11 i64.ne if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 9 i64.const -65536 i64.and local.get 11 local.get 8 local.get 6 i64.rem_u i64.const 8 i64.shl i64.or i64.const 65535 i64.and i64.or local.tee 9 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; shl eax, 4; jc $ + 0x20
;; 64-bit code at 100: c1e004721e
;; 2 guest instructions, 84 instructions, 163 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i32.wrap_i64 i64.extend_i32_u i64.const 4 i64.shl local.tee 6 i64.extend32_s local.set 8
  local.get 0 local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 6 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 9
  i32.const 7 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 9 local.get 8 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 9 i64.xor i64.const 11 i64.shl i64.or local.tee 11 i64.store offset=168
  local.get 11 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor if
    i64.const 9535600 local.get 1 return
  end
  i64.const 8552560 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; xor edx, edx; div ecx; mov ebx, edx
;; 64-bit code at 100: 31d2f7f189d3
;; 3 guest instructions, 95 instructions, 197 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.const 0 local.tee 6 i64.store offset=16
  i32.const 1 local.set 5
  local.get 0 i64.const 0 local.tee 7 i64.store offset=152
  local.get 0 i64.const 0 local.tee 8 i64.store offset=160
  local.get 0 i64.const 0 local.tee 9 i64.store offset=168
  local.get 0 i64.load offset=8 local.tee 11 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.eqz if
    i64.const 8454673 local.get 1 return
  end
  local.get 0 i64.load local.tee 13 i32.wrap_i64 i64.extend_i32_u local.tee 12 local.get 10 i64.div_u local.tee 14 i32.wrap_i64 i64.extend_i32_u local.set 15
  local.get 14 local.get 15 i64.ne if
    i64.const 8454673 local.get 1 return
  end
  local.get 0 local.get 15 local.tee 13 i64.store
  local.get 0 local.get 12 local.get 10 i64.rem_u local.tee 6 i64.store offset=16
  local.get 0 local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 16 i64.store offset=24
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
