;; shl eax, 4
;; 64-bit code at 100: c1e004
;; 1 guest instructions, 107 instructions, 208 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=168 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u i64.const 4 i64.shl local.tee 9 i64.extend32_s local.set 10
  local.get 9 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 9 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 11
  i32.const 7 local.set 6
  local.get 10 local.set 7
  local.get 11 local.get 10 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 11 i64.xor i64.const 11 i64.shl i64.or local.set 8
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; shr rax, 1
;; 64-bit code at 100: 48d1e8
;; 1 guest instructions, 93 instructions, 188 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=168 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.tee 9 i64.const 1 i64.shr_u local.tee 10 local.set 5
  i32.const 7 local.set 6
  local.get 10 local.set 7
  local.get 9 i64.const 1 i64.and local.get 9 i64.const 63 i64.shr_u i64.const 11 i64.shl i64.or local.set 8
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 6 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sar ecx, 31
;; 64-bit code at 100: c1f91f
;; 1 guest instructions, 92 instructions, 185 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=168 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend32_s local.tee 9 i64.const 31 i64.shr_s local.tee 10 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 7 local.set 6
  local.get 10 local.set 7
  local.get 9 i64.const 30 i64.shr_s i64.const 1 i64.and local.set 8
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 6 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; shl eax, cl
;; 64-bit code at 100: d3e0
;; 1 guest instructions, 126 instructions, 240 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.set 10
  local.get 6 i64.extend8_s i64.const 31 i64.and local.tee 11 i64.const 0 i64.ne if
    local.get 10 i32.wrap_i64 i64.extend_i32_u local.get 11 i64.shl local.tee 12 i64.extend32_s local.set 13
    local.get 12 i32.wrap_i64 i64.extend_i32_u local.set 5
    local.get 12 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 14
    i32.const 7 local.set 7
    local.get 13 local.set 8
    local.get 14 local.get 13 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 14 i64.xor i64.const 11 i64.shl i64.or local.set 9
  else
    local.get 10 i32.wrap_i64 i64.extend_i32_u local.set 5
  end
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 7 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; shr rax, cl
;; 64-bit code at 100: 48d3e8
;; 1 guest instructions, 111 instructions, 219 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.set 10
  local.get 6 i64.extend8_s local.tee 11 i64.const 63 i64.and local.tee 12 i64.const 0 i64.ne if
    local.get 10 local.get 11 i64.shr_u local.tee 13 local.set 5
    i32.const 7 local.set 7
    local.get 13 local.set 8
    local.get 10 local.get 12 i64.const -1 i64.add i64.shr_u i64.const 1 i64.and local.get 10 i64.const 63 i64.shr_u i64.const 11 i64.shl i64.or local.set 9
  end
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 7 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sar dl, cl
;; 64-bit code at 100: d2fa
;; 1 guest instructions, 112 instructions, 222 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i64.load offset=16 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.extend8_s local.set 10
  local.get 5 i64.extend8_s i64.const 31 i64.and local.tee 11 i64.const 0 i64.ne if
    local.get 10 local.get 11 i64.shr_s local.set 12
    local.get 6 i64.const -256 i64.and local.get 12 i64.const 255 i64.and i64.or local.set 6
    i32.const 7 local.set 7
    local.get 12 local.set 8
    local.get 10 local.get 11 i64.const -1 i64.add i64.shr_s i64.const 1 i64.and local.set 9
  end
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=16
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; rol eax, 5
;; 64-bit code at 100: c1c005
;; 1 guest instructions, 127 instructions, 252 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i64 i32 i32)
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
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.const 5 i64.shl local.get 10 i64.const 27 i64.shr_u i64.or local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 11 i64.const 1 i64.and local.set 12
  local.get 0 local.get 6 i32.store offset=176
  local.get 0 local.get 9 i64.store offset=168
  local.get 0 local.get 7 i64.store offset=152
  local.get 0 local.get 8 i64.store offset=160
  local.get 0 call $status-flags local.set 13
  i32.const 0 local.set 6
  local.get 13 i32.const -2050 i32.and local.get 12 local.get 11 i64.extend32_s i64.const 31 i64.shr_u i64.const 1 i64.and local.get 12 i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.set 9
  i64.const 8486913 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 6 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; ror rax, cl
;; 64-bit code at 100: 48d3c8
;; 1 guest instructions, 129 instructions, 260 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32 i32)
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
  local.get 6 i64.extend8_s local.tee 11 i64.const 63 i64.and i64.const 0 i64.ne if
    local.get 5 local.get 11 i64.rotr local.tee 12 local.set 5
    local.get 12 i64.const 63 i64.shr_u local.set 13
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.set 14
    i32.const 0 local.set 7
    local.get 14 i32.const -2050 i32.and local.get 13 local.get 13 local.get 12 i64.const 62 i64.shr_u i64.const 1 i64.and i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.set 10
  end
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 7 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; rcl eax, 1
;; 64-bit code at 100: d1d0
;; 1 guest instructions, 165 instructions, 327 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32 i32 i64 i64 i32 i32)
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
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.set 10
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
  local.get 10 i64.const 31 i64.shr_u local.set 13
  local.get 10 i64.const 1 i64.shl local.get 11 i64.extend_i32_u i64.or local.get 13 i64.const 1 i64.shr_u i64.or local.tee 14 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 0 local.get 6 i32.store offset=176
  local.get 0 local.get 9 i64.store offset=168
  local.get 0 local.get 7 i64.store offset=152
  local.get 0 local.get 8 i64.store offset=160
  local.get 0 call $status-flags local.set 15
  i32.const 0 local.set 6
  local.get 15 i32.const -2050 i32.and local.get 13 local.get 14 i64.extend32_s i64.const 31 i64.shr_u i64.const 1 i64.and local.get 13 i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.set 9
  i64.const 8454145 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 16 local.get 6 local.get 16 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; rcr ecx, cl
;; 64-bit code at 100: d3d9
;; 1 guest instructions, 194 instructions, 373 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i32 i32 i64 i64 i64 i32 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.set 10
  local.get 5 i64.extend8_s i64.const 31 i64.and local.set 11
  i32.const 0 local.set 12
  local.get 6 i32.const 1 i32.eq if
    local.get 8 local.get 9 i64.lt_u local.set 12
  else
    local.get 0 local.get 6 i32.store offset=176
    local.get 0 local.get 9 i64.store offset=168
    local.get 0 local.get 7 i64.store offset=152
    local.get 0 local.get 8 i64.store offset=160
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 12
  end
  local.get 11 i64.const 0 i64.ne if
    i64.const 32 local.get 11 i64.sub local.set 14
    local.get 10 local.get 11 i64.shr_u local.get 12 i64.extend_i32_u local.get 14 i64.shl i64.or local.get 10 local.get 14 i64.shl i64.const 1 i64.shl i64.or local.tee 15 i64.extend32_s local.set 16
    local.get 15 i32.wrap_i64 i64.extend_i32_u local.set 5
    local.get 0 local.get 6 i32.store offset=176
    local.get 0 local.get 9 i64.store offset=168
    local.get 0 local.get 7 i64.store offset=152
    local.get 0 local.get 8 i64.store offset=160
    local.get 0 call $status-flags local.set 17
    i32.const 0 local.set 6
    local.get 17 i32.const -2050 i32.and local.get 10 local.get 11 i64.const -1 i64.add i64.shr_u i64.const 1 i64.and local.get 16 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 16 i64.const 30 i64.shr_u i64.const 1 i64.and i64.xor i64.const 11 i64.shl i64.or i32.wrap_i64 i32.or i64.extend_i32_u local.set 9
  else
    local.get 10 local.set 5
  end
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 18 local.get 6 local.get 18 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; shld eax, ecx, 7
;; 64-bit code at 100: 0fa4c807
;; 1 guest instructions, 117 instructions, 224 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.const 7 i64.shl local.get 6 i32.wrap_i64 i64.extend_i32_u i64.const 25 i64.shr_u i64.or local.tee 11 i64.extend32_s local.set 12
  local.get 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 7 local.set 7
  local.get 12 local.set 8
  local.get 10 i64.const 25 i64.shr_u i64.const 1 i64.and local.get 12 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 10 i64.const 31 i64.shr_u i64.xor i64.const 11 i64.shl i64.or local.set 9
  i64.const 8519793 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; shrd rax, rcx, cl
;; 64-bit code at 100: 480fadc8
;; 1 guest instructions, 121 instructions, 235 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.set 10
  local.get 6 i64.extend8_s local.tee 11 i64.const 63 i64.and local.tee 12 i64.const 0 i64.ne if
    local.get 10 local.get 11 i64.shr_u local.get 6 i64.const 64 local.get 12 i64.sub i64.shl i64.or local.tee 13 local.set 5
    i32.const 7 local.set 7
    local.get 13 local.set 8
    local.get 10 local.get 12 i64.const -1 i64.add i64.shr_u i64.const 1 i64.and local.get 13 i64.const 63 i64.shr_u local.get 10 i64.const 63 i64.shr_u i64.xor i64.const 11 i64.shl i64.or local.set 9
  end
  i64.const 8519921 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 7 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; bsf eax, ecx
;; 64-bit code at 100: 0fbcc1
;; 1 guest instructions, 104 instructions, 214 bytes
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
  local.get 6 i64.extend32_s local.set 11
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 12 i64.const 0 i64.ne if
    local.get 12 i64.ctz local.set 5
  end
  i32.const 1 local.set 7
  local.get 11 local.set 8
  local.get 11 local.set 9
  i64.const 0 local.set 10
  i64.const 8486929 local.set 4
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

;; bsr rax, rcx
;; 64-bit code at 100: 480fbdc1
;; 1 guest instructions, 100 instructions, 208 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32)
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
  local.get 6 i64.const 0 i64.ne if
    i64.const 63 local.get 6 i64.clz i64.sub local.set 5
  end
  i32.const 1 local.set 7
  local.get 6 local.set 8
  local.get 6 local.set 9
  i64.const 0 local.set 10
  i64.const 8519697 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; bt eax, ecx
;; 64-bit code at 100: 0fa3c8
;; 1 guest instructions, 105 instructions, 217 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32 i32)
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
  local.get 0 local.get 7 i32.store offset=176
  local.get 0 local.get 10 i64.store offset=168
  local.get 0 local.get 8 i64.store offset=152
  local.get 0 local.get 9 i64.store offset=160
  local.get 0 call $status-flags local.set 11
  i32.const 0 local.set 7
  local.get 11 i32.const -2 i32.and local.get 5 i64.extend32_s local.get 6 i64.const 31 i64.and i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.set 10
  i64.const 8486913 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; btc rax, 5
;; 64-bit code at 100: 480fbaf805
;; 1 guest instructions, 107 instructions, 222 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32 i32)
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
  local.get 5 local.tee 10 i64.const 32 i64.xor local.set 5
  local.get 0 local.get 6 i32.store offset=176
  local.get 0 local.get 9 i64.store offset=168
  local.get 0 local.get 7 i64.store offset=152
  local.get 0 local.get 8 i64.store offset=160
  local.get 0 call $status-flags local.set 11
  i32.const 0 local.set 6
  local.get 11 i32.const -2 i32.and local.get 10 i64.const 5 i64.shr_u i64.const 1 i64.and i32.wrap_i64 i32.or i64.extend_i32_u local.set 9
  i64.const 8552449 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; imul eax, ecx
;; 64-bit code at 100: 0fafc1
;; 1 guest instructions, 102 instructions, 204 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.tee 10 local.get 6 i64.mul local.tee 11 i64.extend32_s local.set 12
  local.get 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 7 local.set 7
  local.get 12 local.set 8
  i64.const 2049 i64.const 0 local.get 10 i64.extend32_s local.get 6 i64.extend32_s i64.mul local.get 12 i64.ne select local.set 9
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 7 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; imul rax, rcx
;; 64-bit code at 100: 480fafc1
;; 1 guest instructions, 161 instructions, 290 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.tee 10 local.get 6 i64.mul local.tee 11 local.set 5
  local.get 10 i64.const 32 i64.shr_u local.set 12
  local.get 6 i64.const 32 i64.shr_u local.set 13
  i32.const 7 local.set 7
  local.get 11 local.set 8
  i64.const 2049 i64.const 0 local.get 10 i64.const 32 i64.shr_u local.get 6 i64.const 32 i64.shr_u i64.mul local.get 12 local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u i64.add local.get 10 i32.wrap_i64 i64.extend_i32_u local.get 13 i64.mul i64.const 32 i64.shr_u local.get 10 i32.wrap_i64 i64.extend_i32_u local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u local.get 12 local.get 6 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add local.get 10 local.get 13 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add i64.const 32 i64.shr_u i64.add i64.add local.get 10 i64.const 63 i64.shr_s local.get 6 i64.and local.get 6 i64.const 63 i64.shr_s local.get 10 i64.and i64.add i64.sub local.get 11 i64.const 63 i64.shr_s i64.ne select local.set 9
  i64.const 8519793 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 7 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; imul eax, ecx, 100
;; 64-bit code at 100: 6bc164
;; 1 guest instructions, 100 instructions, 203 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.const 100 i64.mul local.tee 10 i64.extend32_s local.set 11
  local.get 10 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 7 local.set 7
  local.get 11 local.set 8
  i64.const 2049 i64.const 0 local.get 6 i64.extend32_s i64.const 100 i64.mul local.get 11 i64.ne select local.set 9
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mul ecx
;; 64-bit code at 100: f7e1
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

;; mul rcx
;; 64-bit code at 100: 48f7e1
;; 1 guest instructions, 157 instructions, 291 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
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
  local.get 5 local.get 6 i64.mul local.set 11
  local.get 5 i64.const 32 i64.shr_u local.set 12
  local.get 6 i64.const 32 i64.shr_u local.set 13
  local.get 5 i64.const 32 i64.shr_u local.get 6 i64.const 32 i64.shr_u i64.mul local.get 12 local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u i64.add local.get 5 i32.wrap_i64 i64.extend_i32_u local.get 13 i64.mul i64.const 32 i64.shr_u local.get 5 i32.wrap_i64 i64.extend_i32_u local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u local.get 12 local.get 6 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add local.get 5 local.get 13 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add i64.const 32 i64.shr_u i64.add i64.add local.set 14
  local.get 11 local.set 5
  local.get 14 local.set 7
  i32.const 7 local.set 8
  local.get 11 local.set 9
  i64.const 2049 i64.const 0 local.get 14 i64.const 0 i64.ne select local.set 10
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 9 i64.store offset=152
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 8 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; imul rcx
;; 64-bit code at 100: 48f7e9
;; 1 guest instructions, 171 instructions, 312 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
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
  local.get 5 local.get 6 i64.mul local.set 11
  local.get 5 i64.const 32 i64.shr_u local.set 12
  local.get 6 i64.const 32 i64.shr_u local.set 13
  local.get 5 i64.const 32 i64.shr_u local.get 6 i64.const 32 i64.shr_u i64.mul local.get 12 local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u i64.add local.get 5 i32.wrap_i64 i64.extend_i32_u local.get 13 i64.mul i64.const 32 i64.shr_u local.get 5 i32.wrap_i64 i64.extend_i32_u local.get 6 i32.wrap_i64 i64.extend_i32_u i64.mul i64.const 32 i64.shr_u local.get 12 local.get 6 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add local.get 5 local.get 13 i64.mul i32.wrap_i64 i64.extend_i32_u i64.add i64.const 32 i64.shr_u i64.add i64.add local.get 5 i64.const 63 i64.shr_s local.get 6 i64.and local.get 6 i64.const 63 i64.shr_s local.get 5 i64.and i64.add i64.sub local.set 14
  local.get 11 local.set 5
  local.get 14 local.set 7
  i32.const 7 local.set 8
  local.get 11 local.set 9
  i64.const 2049 i64.const 0 local.get 14 local.get 11 i64.const 63 i64.shr_s i64.ne select local.set 10
  i64.const 8487025 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 9 i64.store offset=152
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 8 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; div ecx
;; 64-bit code at 100: f7f1
;; 1 guest instructions, 109 instructions, 211 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 9 i64.eqz if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 7 i64.extend32_s i64.const 32 i64.shl local.get 5 i32.wrap_i64 i64.extend_i32_u i64.or local.tee 10 local.get 9 i64.div_u local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 12
  local.get 11 local.get 12 i64.ne if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 12 local.set 5
  local.get 10 local.get 9 i64.rem_u local.set 7
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 8 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; div rcx
;; 64-bit code at 100: 48f7f1
;; 1 guest instructions, 105 instructions, 210 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 7 local.set 9
  local.get 5 local.set 10
  local.get 9 local.get 6 i64.ge_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i64.eqz if
    local.get 10 local.get 6 i64.div_u local.set 5
    local.get 10 local.get 6 i64.rem_u local.set 7
  else
    local.get 0 local.get 9 local.get 10 local.get 6 call $divide-wide local.tee 11 local.set 5
    local.get 0 i64.load offset=240 local.set 7
  end
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 8 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; idiv ecx
;; 64-bit code at 100: f7f9
;; 1 guest instructions, 121 instructions, 241 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.extend32_s local.tee 9 i64.eqz if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 7 i64.extend32_s i64.const 32 i64.shl local.get 5 i32.wrap_i64 i64.extend_i32_u i64.or local.tee 10 i64.const -9223372036854775808 i64.eq local.get 9 i64.const -1 i64.eq i32.and if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 local.get 9 i64.div_s local.tee 11 local.get 11 i64.extend32_s i64.ne if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 10 local.get 9 i64.rem_s i32.wrap_i64 i64.extend_i32_u local.set 7
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 8 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mul cl
;; 64-bit code at 100: f6e1
;; 1 guest instructions, 109 instructions, 222 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend8_s i64.const 255 i64.and local.get 6 i64.extend8_s i64.const 255 i64.and i64.mul local.tee 10 i64.extend8_s local.set 11
  local.get 5 i64.const -65536 i64.and local.get 10 i64.const 65535 i64.and i64.or local.set 5
  i32.const 7 local.set 7
  local.get 11 local.set 8
  i64.const 2049 i64.const 0 local.get 10 local.get 11 i64.const 255 i64.and i64.ne select local.set 9
  i64.const 8454257 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; div cl
;; 64-bit code at 100: f6f1
;; 1 guest instructions, 108 instructions, 214 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.extend8_s i64.const 255 i64.and local.tee 8 i64.eqz if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend16_s i64.const 65535 i64.and local.tee 9 local.get 8 i64.div_u local.tee 10 i64.const 255 i64.and local.set 11
  local.get 10 local.get 11 i64.ne if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const -65536 i64.and local.get 11 local.get 9 local.get 8 i64.rem_u i64.const 8 i64.shl i64.or i64.const 65535 i64.and i64.or local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; shl eax, 4; jc $ + 0x20
;; 64-bit code at 100: c1e004721e
;; 2 guest instructions, 122 instructions, 238 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
local.get 0 i64.load offset=152 local.set 7
local.get 0 i64.load offset=160 local.set 8
local.get 0 i64.load offset=168 local.set 9
block
  local.get 1 i32.const 2 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u i64.const 4 i64.shl local.tee 10 i64.extend32_s local.set 11
  local.get 10 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 10 i64.const 32 i64.shr_u i64.const 1 i64.and local.set 12
  i32.const 7 local.set 6
  local.get 11 local.set 7
  local.get 12 local.get 11 i64.const 31 i64.shr_u i64.const 1 i64.and local.get 12 i64.xor i64.const 11 i64.shl i64.or local.tee 9 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor if
    i64.const 9535600 local.set 4
    br 1
  end
  i64.const 8552560 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 13 local.get 6 local.get 13 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; xor edx, edx; div ecx; mov ebx, edx
;; 64-bit code at 100: 31d2f7f189d3
;; 3 guest instructions, 141 instructions, 290 bytes
(local i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i64.load offset=24 local.set 8
local.get 0 i32.load offset=176 local.set 9
local.get 0 i64.load offset=152 local.set 10
local.get 0 i64.load offset=160 local.set 11
local.get 0 i64.load offset=168 local.set 12
block
  local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389617 local.set 4
    br 1
  end
  i64.const 0 local.set 7
  i32.const 1 local.set 9
  i64.const 0 local.set 10
  i64.const 0 local.set 11
  i64.const 0 local.set 12
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.tee 13 i64.eqz if
    i64.const 8454673 local.set 4
    br 1
  end
  local.get 5 i32.wrap_i64 i64.extend_i32_u local.tee 14 local.get 13 i64.div_u local.tee 15 i32.wrap_i64 i64.extend_i32_u local.set 16
  local.get 15 local.get 16 i64.ne if
    i64.const 8454673 local.set 4
    br 1
  end
  local.get 16 local.set 5
  local.get 14 local.get 13 i64.rem_u local.tee 7 i32.wrap_i64 i64.extend_i32_u local.set 8
  i64.const 8585233 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 8 i64.store offset=24
local.get 0 local.get 10 i64.store offset=152
local.get 0 local.get 11 i64.store offset=160
local.get 0 local.get 12 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 17 local.get 9 local.get 17 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and
