;; add eax, ecx
;; 64-bit code at 100: 01c8
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

;; or eax, ecx
;; 64-bit code at 100: 09c8
;; 1 guest instructions, 102 instructions, 210 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend32_s local.get 6 i64.extend32_s i64.or local.set 11
  local.get 5 local.get 6 i64.or i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 1 local.set 7
  local.get 11 local.set 8
  local.get 11 local.set 9
  i64.const 0 local.set 10
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; adc eax, ecx
;; 64-bit code at 100: 11c8
;; 1 guest instructions, 143 instructions, 290 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32 i32 i64 i32)
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
  local.get 5 i64.extend32_s local.set 11
  local.get 6 i64.extend32_s local.set 12
  i32.const 0 local.set 13
  local.get 7 i32.const 1 i32.eq if
    local.get 9 local.get 10 i64.lt_u local.set 13
  else
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.tee 14 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 13
  end
  local.get 11 local.get 12 i64.add local.get 13 i64.extend_i32_u i64.add local.tee 15 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 13 i32.const 2 i32.add local.set 7
  local.get 15 i64.extend32_s local.set 8
  local.get 11 local.set 9
  local.get 12 local.set 10
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 16 local.get 7 local.get 16 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sbb eax, ecx
;; 64-bit code at 100: 19c8
;; 1 guest instructions, 145 instructions, 293 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32 i32 i64 i32)
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
  local.get 5 i64.extend32_s local.set 11
  local.get 6 i64.extend32_s local.set 12
  i32.const 0 local.set 13
  local.get 7 i32.const 1 i32.eq if
    local.get 9 local.get 10 i64.lt_u local.set 13
  else
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.tee 14 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 13
  end
  local.get 11 local.get 12 i64.sub local.get 13 i64.extend_i32_u i64.sub local.tee 15 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 13 i32.const 3 i32.mul i32.const 1 i32.add local.set 7
  local.get 15 i64.extend32_s local.set 8
  local.get 11 local.set 9
  local.get 12 local.set 10
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 16 local.get 7 local.get 16 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; and eax, ecx
;; 64-bit code at 100: 21c8
;; 1 guest instructions, 102 instructions, 210 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend32_s local.get 6 i64.extend32_s i64.and local.set 11
  local.get 5 local.get 6 i64.and i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 1 local.set 7
  local.get 11 local.set 8
  local.get 11 local.set 9
  i64.const 0 local.set 10
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sub eax, ecx
;; 64-bit code at 100: 29c8
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
  local.get 5 local.tee 11 local.get 6 i64.sub local.tee 12 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 1 local.set 7
  local.get 12 i64.extend32_s local.set 8
  local.get 11 i64.extend32_s local.set 9
  local.get 6 i64.extend32_s local.set 10
  i64.const 8454161 local.set 4
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

;; xor eax, ecx
;; 64-bit code at 100: 31c8
;; 1 guest instructions, 102 instructions, 210 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend32_s local.get 6 i64.extend32_s i64.xor local.set 11
  local.get 5 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 1 local.set 7
  local.get 11 local.set 8
  local.get 11 local.set 9
  i64.const 0 local.set 10
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cmp eax, ecx
;; 64-bit code at 100: 39c8
;; 1 guest instructions, 92 instructions, 191 bytes
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
  i32.const 1 local.set 7
  local.get 5 local.get 6 i64.sub i64.extend32_s local.set 8
  local.get 5 i64.extend32_s local.set 9
  local.get 6 i64.extend32_s local.set 10
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; add rax, rcx
;; 64-bit code at 100: 4801c8
;; 1 guest instructions, 96 instructions, 203 bytes
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
  local.get 5 local.tee 11 local.get 6 i64.add local.tee 12 local.set 5
  i32.const 2 local.set 7
  local.get 12 local.set 8
  local.get 11 local.set 9
  local.get 6 local.set 10
  i64.const 8486945 local.set 4
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

;; or rax, rcx
;; 64-bit code at 100: 4809c8
;; 1 guest instructions, 95 instructions, 201 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 local.get 6 i64.or local.tee 11 local.set 5
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
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; adc rax, rcx
;; 64-bit code at 100: 4811c8
;; 1 guest instructions, 136 instructions, 281 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32 i32 i64 i32)
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
  local.get 5 local.set 11
  i32.const 0 local.set 12
  local.get 7 i32.const 1 i32.eq if
    local.get 9 local.get 10 i64.lt_u local.set 12
  else
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 12
  end
  local.get 11 local.get 6 i64.add local.get 12 i64.extend_i32_u i64.add local.tee 14 local.set 5
  local.get 12 i32.const 2 i32.add local.set 7
  local.get 14 local.set 8
  local.get 11 local.set 9
  local.get 6 local.set 10
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 7 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sbb rax, rcx
;; 64-bit code at 100: 4819c8
;; 1 guest instructions, 138 instructions, 284 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32 i32 i64 i32)
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
  local.get 5 local.set 11
  i32.const 0 local.set 12
  local.get 7 i32.const 1 i32.eq if
    local.get 9 local.get 10 i64.lt_u local.set 12
  else
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 12
  end
  local.get 11 local.get 6 i64.sub local.get 12 i64.extend_i32_u i64.sub local.tee 14 local.set 5
  local.get 12 i32.const 3 i32.mul i32.const 1 i32.add local.set 7
  local.get 14 local.set 8
  local.get 11 local.set 9
  local.get 6 local.set 10
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 7 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; and rax, rcx
;; 64-bit code at 100: 4821c8
;; 1 guest instructions, 95 instructions, 201 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 local.get 6 i64.and local.tee 11 local.set 5
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
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sub rax, rcx
;; 64-bit code at 100: 4829c8
;; 1 guest instructions, 96 instructions, 203 bytes
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
  local.get 5 local.tee 11 local.get 6 i64.sub local.tee 12 local.set 5
  i32.const 1 local.set 7
  local.get 12 local.set 8
  local.get 11 local.set 9
  local.get 6 local.set 10
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

;; xor rax, rcx
;; 64-bit code at 100: 4831c8
;; 1 guest instructions, 95 instructions, 201 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 local.get 6 i64.xor local.tee 11 local.set 5
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
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cmp rax, rcx
;; 64-bit code at 100: 4839c8
;; 1 guest instructions, 89 instructions, 188 bytes
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
  i32.const 1 local.set 7
  local.get 5 local.get 6 i64.sub local.set 8
  local.get 5 local.set 9
  local.get 6 local.set 10
  i64.const 8486929 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; add ax, cx
;; 64-bit code at 100: 6601c8
;; 1 guest instructions, 109 instructions, 227 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend16_s local.set 11
  local.get 6 i64.extend16_s local.set 12
  local.get 11 local.get 12 i64.add local.set 13
  local.get 5 i64.const -65536 i64.and local.get 13 i64.const 65535 i64.and i64.or local.set 5
  i32.const 2 local.set 7
  local.get 13 i64.extend16_s local.set 8
  local.get 11 local.set 9
  local.get 12 local.set 10
  i64.const 8486945 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 7 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sub ax, 5
;; 64-bit code at 100: 662d0500
;; 1 guest instructions, 102 instructions, 213 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend16_s local.tee 10 i64.const -5 i64.add local.set 11
  local.get 5 i64.const -65536 i64.and local.get 11 i64.const 65535 i64.and i64.or local.set 5
  i32.const 1 local.set 6
  local.get 11 i64.extend16_s local.set 7
  local.get 10 local.set 8
  i64.const 5 local.set 9
  i64.const 8519697 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; add al, cl
;; 64-bit code at 100: 00c8
;; 1 guest instructions, 109 instructions, 225 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend8_s local.set 11
  local.get 6 i64.extend8_s local.set 12
  local.get 11 local.get 12 i64.add local.set 13
  local.get 5 i64.const -256 i64.and local.get 13 i64.const 255 i64.and i64.or local.set 5
  i32.const 2 local.set 7
  local.get 13 i64.extend8_s local.set 8
  local.get 11 local.set 9
  local.get 12 local.set 10
  i64.const 8454177 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 7 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sub ah, 3
;; 64-bit code at 100: 80ec03
;; 1 guest instructions, 106 instructions, 218 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i32)
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
  local.get 5 i64.const 8 i64.shr_u i64.extend8_s local.tee 10 i64.const -3 i64.add local.set 11
  local.get 5 i64.const -65281 i64.and local.get 11 i64.const 255 i64.and i64.const 8 i64.shl i64.or local.set 5
  i32.const 1 local.set 6
  local.get 11 i64.extend8_s local.set 7
  local.get 10 local.set 8
  i64.const 3 local.set 9
  i64.const 8486929 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; xor dh, bl
;; 64-bit code at 100: 30de
;; 1 guest instructions, 108 instructions, 223 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load offset=16 local.set 5
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
  local.get 5 i64.const 8 i64.shr_u i64.extend8_s local.get 6 i64.extend8_s i64.xor local.set 11
  local.get 5 i64.const -65281 i64.and local.get 11 i64.const 255 i64.and i64.const 8 i64.shl i64.or local.set 5
  i32.const 1 local.set 7
  local.get 11 local.set 8
  local.get 11 local.set 9
  i64.const 0 local.set 10
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=16
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 7 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cmp al, 10
;; 64-bit code at 100: 3c0a
;; 1 guest instructions, 90 instructions, 187 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend8_s local.set 10
  i32.const 1 local.set 6
  local.get 10 i64.const -10 i64.add i64.extend8_s local.set 7
  local.get 10 local.set 8
  i64.const 10 local.set 9
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 6 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; adc cx, dx
;; 64-bit code at 100: 6611d1
;; 1 guest instructions, 148 instructions, 303 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32 i32 i64 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i64.load offset=16 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend16_s local.set 11
  local.get 6 i64.extend16_s local.set 12
  i32.const 0 local.set 13
  local.get 7 i32.const 1 i32.eq if
    local.get 9 local.get 10 i64.lt_u local.set 13
  else
    local.get 0 local.get 7 i32.store offset=176
    local.get 0 local.get 10 i64.store offset=168
    local.get 0 local.get 8 i64.store offset=152
    local.get 0 local.get 9 i64.store offset=160
    local.get 0 call $status-flags local.tee 14 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 13
  end
  local.get 11 local.get 12 i64.add local.get 13 i64.extend_i32_u i64.add local.set 15
  local.get 5 i64.const -65536 i64.and local.get 15 i64.const 65535 i64.and i64.or local.set 5
  local.get 13 i32.const 2 i32.add local.set 7
  local.get 15 i64.extend16_s local.set 8
  local.get 11 local.set 9
  local.get 12 local.set 10
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 16 local.get 7 local.get 16 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; inc eax
;; 64-bit code at 100: ffc0
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
  i64.const 8454225 local.set 4
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

;; dec rcx
;; 64-bit code at 100: 48ffc9
;; 1 guest instructions, 129 instructions, 268 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32 i32 i64 i32)
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
  local.get 10 i64.const -1 i64.add local.tee 13 local.set 5
  i32.const 6 local.set 6
  local.get 13 local.set 7
  local.get 10 local.set 8
  local.get 11 i64.extend_i32_u local.set 9
  i64.const 8487009 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 14 local.get 6 local.get 14 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; neg edx
;; 64-bit code at 100: f7da
;; 1 guest instructions, 98 instructions, 202 bytes
(local i64 i64 i32 i64 i64 i64 i64 i64 i32)
local.get 0 i64.load offset=16 local.set 5
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
  i64.const 0 local.get 10 i64.sub local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 1 local.set 6
  local.get 11 i64.extend32_s local.set 7
  i64.const 0 local.set 8
  local.get 10 i64.extend32_s local.set 9
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=16
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 12 local.get 6 local.get 12 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; not rbx
;; 64-bit code at 100: 48f7d3
;; 1 guest instructions, 65 instructions, 128 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load offset=24 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const -1 i64.xor local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=24
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; test eax, eax
;; 64-bit code at 100: 85c0
;; 1 guest instructions, 87 instructions, 183 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend32_s local.set 10
  i32.const 1 local.set 6
  local.get 10 local.set 7
  local.get 10 local.set 8
  i64.const 0 local.set 9
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 6 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; test cl, 1
;; 64-bit code at 100: f6c101
;; 1 guest instructions, 89 instructions, 186 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32)
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
  local.get 5 i64.extend8_s i64.const 1 i64.and local.set 10
  i32.const 1 local.set 6
  local.get 10 local.set 7
  local.get 10 local.set 8
  i64.const 0 local.set 9
  i64.const 8486929 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 6 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; xor eax, eax
;; 64-bit code at 100: 31c0
;; 1 guest instructions, 89 instructions, 189 bytes
(local i64 i64 i32 i64 i64 i64 i32)
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
  i64.const 0 local.set 5
  i32.const 1 local.set 6
  i64.const 0 local.set 7
  i64.const 0 local.set 8
  i64.const 0 local.set 9
  i64.const 8454161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 10 local.get 6 local.get 10 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; sub rdx, rdx
;; 64-bit code at 100: 4829d2
;; 1 guest instructions, 91 instructions, 193 bytes
(local i64 i64 i32 i64 i64 i64 i64 i32)
local.get 0 i64.load offset=16 local.set 5
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
  i64.const 0 local.set 5
  i32.const 1 local.set 6
  i64.const 0 local.set 7
  local.get 10 local.set 8
  local.get 10 local.set 9
  i64.const 8486929 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=16
local.get 0 local.get 7 i64.store offset=152
local.get 0 local.get 8 i64.store offset=160
local.get 0 local.get 9 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 6 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov eax, ecx
;; 64-bit code at 100: 89c8
;; 1 guest instructions, 68 instructions, 134 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov rax, rcx
;; 64-bit code at 100: 4889c8
;; 1 guest instructions, 66 instructions, 132 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov al, cl
;; 64-bit code at 100: 88c8
;; 1 guest instructions, 73 instructions, 144 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const -256 i64.and local.get 6 i64.extend8_s i64.const 255 i64.and i64.or local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov ax, 7
;; 64-bit code at 100: 66b80700
;; 1 guest instructions, 67 instructions, 133 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const -65536 i64.and i64.const 7 i64.or local.set 5
  i64.const 8519921 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov ah, bl
;; 64-bit code at 100: 88dc
;; 1 guest instructions, 75 instructions, 148 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const -65281 i64.and local.get 6 i64.extend8_s i64.const 255 i64.and i64.const 8 i64.shl i64.or local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov rax, 0x123456789abcdef0
;; 64-bit code at 100: 48b8f0debc9a78563412
;; 1 guest instructions, 63 instructions, 133 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 1311768467463790320 local.set 5
  i64.const 8716529 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movzx eax, cl
;; 64-bit code at 100: 0fb6c1
;; 1 guest instructions, 69 instructions, 137 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.extend8_s i64.const 255 i64.and local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movsx rax, cx
;; 64-bit code at 100: 480fbfc1
;; 1 guest instructions, 67 instructions, 133 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.extend16_s local.set 5
  i64.const 8519921 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movsxd rcx, eax
;; 64-bit code at 100: 4863c8
;; 1 guest instructions, 67 instructions, 133 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend32_s local.set 6
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cdqe
;; 64-bit code at 100: 4898
;; 1 guest instructions, 64 instructions, 126 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.extend32_s local.set 5
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cqo
;; 64-bit code at 100: 4899
;; 1 guest instructions, 68 instructions, 135 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=16 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const 63 i64.shr_s local.set 6
  i64.const 8454385 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 6 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; bswap rdx
;; 64-bit code at 100: 480fca
;; 1 guest instructions, 86 instructions, 188 bytes
(local i64 i64 i32 i64 i32)
local.get 0 i64.load offset=16 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 i64.const 8 i64.shr_u i64.const 71777214294589695 i64.and local.get 5 i64.const 71777214294589695 i64.and i64.const 8 i64.shl i64.or local.tee 7 i64.const 16 i64.shr_u i64.const 281470681808895 i64.and local.get 7 i64.const 281470681808895 i64.and i64.const 16 i64.shl i64.or i64.const 32 i64.rotl local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 6 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; xchg rax, rcx
;; 64-bit code at 100: 4887c8
;; 1 guest instructions, 73 instructions, 147 bytes
(local i64 i64 i64 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 5 local.set 8
  local.get 6 local.set 5
  local.get 8 local.set 6
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 9 local.get 7 local.get 9 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; lea rax, [rbx + rcx * 4 + 8]
;; 64-bit code at 100: 488d448b08
;; 1 guest instructions, 75 instructions, 148 bytes
(local i64 i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=24 local.set 7
local.get 0 i32.load offset=176 local.set 8
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 7 local.get 6 i64.const 2 i64.shl i64.add i64.const 8 i64.add local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 9 local.get 8 local.get 9 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; lea eax, [rbx - 1]
;; 64-bit code at 100: 8d43ff
;; 1 guest instructions, 70 instructions, 137 bytes
(local i64 i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 6 i64.const -1 i64.add i32.wrap_i64 i64.extend_i32_u local.set 5
  i64.const 8487153 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 8 local.get 7 local.get 8 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; lea rdx, [rel $]
;; 64-bit code at 100: 488d15f9ffffff
;; 1 guest instructions, 65 instructions, 129 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load offset=16 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 2 i64.const 256 i64.add local.set 5
  i64.const 8618225 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=16
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; flags of which only the last are seen
;; 64-bit code at 100: 01c801ca01cb
;; 3 guest instructions, 125 instructions, 254 bytes
(local i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i32)
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
  local.get 5 local.get 6 i64.add i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 9
  local.get 7 local.get 6 i64.add i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 8 local.tee 13 local.get 6 i64.add local.tee 14 i32.wrap_i64 i64.extend_i32_u local.set 8
  local.get 14 i64.extend32_s local.set 10
  local.get 13 i64.extend32_s local.set 11
  local.get 6 i64.extend32_s local.set 12
  i64.const 8585249 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 8 i64.store offset=24
local.get 0 local.get 10 i64.store offset=152
local.get 0 local.get 11 i64.store offset=160
local.get 0 local.get 12 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 15 local.get 9 local.get 15 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a constant that is folded
;; 64-bit code at 100: b80500000083c0078d0c4500000000
;; 3 guest instructions, 97 instructions, 207 bytes
(local i64 i64 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389617 local.set 4
    br 1
  end
  i64.const 12 local.set 5
  i32.const 2 local.set 7
  i64.const 12 local.set 8
  i64.const 5 local.set 9
  i64.const 7 local.set 10
  i64.const 24 local.set 6
  i64.const 8880161 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 6 i64.store offset=8
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 11 local.get 7 local.get 11 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; carry through a chain
;; 64-bit code at 100: 4801c84811da4811fe
;; 3 guest instructions, 192 instructions, 392 bytes
(local i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i32 i64 i64 i32 i32 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=8 local.set 6
local.get 0 i64.load offset=16 local.set 7
local.get 0 i64.load offset=24 local.set 8
local.get 0 i64.load offset=48 local.set 9
local.get 0 i64.load offset=56 local.set 10
local.get 0 i32.load offset=176 local.set 11
local.get 0 i64.load offset=152 local.set 12
local.get 0 i64.load offset=160 local.set 13
local.get 0 i64.load offset=168 local.set 14
block
  local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 5 local.tee 15 local.get 6 i64.add local.tee 16 local.set 5
  local.get 16 local.set 12
  local.get 15 local.set 13
  local.get 6 local.set 14
  local.get 7 local.set 17
  local.get 12 local.get 13 i64.lt_u i32.const 0 i32.xor local.set 18
  local.get 17 local.get 8 i64.add local.get 18 i64.extend_i32_u i64.add local.tee 19 local.set 7
  local.get 18 i32.const 2 i32.add local.set 11
  local.get 19 local.set 12
  local.get 17 local.set 13
  local.get 8 local.set 14
  local.get 9 local.set 20
  i32.const 0 local.set 21
  local.get 11 i32.const 1 i32.eq if
    local.get 13 local.get 14 i64.lt_u local.set 21
  else
    local.get 0 local.get 11 i32.store offset=176
    local.get 0 local.get 14 i64.store offset=168
    local.get 0 local.get 12 i64.store offset=152
    local.get 0 local.get 13 i64.store offset=160
    local.get 0 call $status-flags local.tee 22 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 21
  end
  local.get 20 local.get 10 i64.add local.get 21 i64.extend_i32_u i64.add local.tee 23 local.set 9
  local.get 21 i32.const 2 i32.add local.set 11
  local.get 23 local.set 12
  local.get 20 local.set 13
  local.get 10 local.set 14
  i64.const 8683761 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 7 i64.store offset=16
local.get 0 local.get 9 i64.store offset=48
local.get 0 local.get 12 i64.store offset=152
local.get 0 local.get 13 i64.store offset=160
local.get 0 local.get 14 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 24 local.get 11 local.get 24 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; a partial register in a loop of parts
;; 64-bit code at 100: 88c888d489c3
;; 3 guest instructions, 95 instructions, 187 bytes
(local i64 i64 i64 i64 i64 i32 i32)
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
  local.get 5 i64.const -256 i64.and local.get 6 i64.extend8_s i64.const 255 i64.and i64.or local.tee 5 i64.const -65281 i64.and local.get 7 i64.extend8_s i64.const 255 i64.and i64.const 8 i64.shl i64.or local.tee 5 i32.wrap_i64 i64.extend_i32_u local.set 8
  i64.const 8585457 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=24
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 10 local.get 9 local.get 10 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and
