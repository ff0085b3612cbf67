;; if and else
;; 64-bit code at 100: 85c07407b901000000eb05b902000000ba03000000
;; 6 guest instructions, 83 instructions, 176 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
    i32.const 1 local.set 5
    local.get 0 local.get 6 local.tee 8 i64.store offset=152
    local.get 0 local.get 6 local.tee 9 i64.store offset=160
    local.get 0 i64.const 0 local.tee 10 i64.store offset=168
    local.get 8 i64.eqz if
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 2 local.tee 11 i64.store offset=8
      br 1
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=8
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 3 local.tee 12 i64.store offset=16
  local.get 0 local.get 5 i32.store offset=176
  i64.const 9076977 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a chain of comparisons
;; 64-bit code at 100: 83f801740a83f802740a83f803740ab901000000b902000000b903000000
;; 9 guest instructions, 140 instructions, 286 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    block
      block
        local.get 1 i32.const 9 i32.lt_s if
          local.get 0 local.get 5 i32.store offset=176
          i64.const 8388849 local.get 1 return
        end
        local.get 1 i32.const 2 i32.sub local.set 1
        i32.const 1 local.set 5
        local.get 0 local.get 0 i64.load local.tee 7 i64.const -1 i64.add i64.extend32_s local.tee 6 i64.store offset=152
        local.get 0 local.get 7 i64.extend32_s local.tee 8 i64.store offset=160
        local.get 0 i64.const 1 local.tee 9 i64.store offset=168
        local.get 6 i64.eqz if
          br 1
        end
        local.get 1 i32.const 2 i32.sub local.set 1
        local.get 0 local.get 7 i64.const -2 i64.add i64.extend32_s local.tee 6 i64.store offset=152
        local.get 0 local.get 7 i64.extend32_s local.tee 8 i64.store offset=160
        local.get 0 i64.const 2 local.tee 9 i64.store offset=168
        local.get 6 i64.eqz if
          br 2
        end
        local.get 1 i32.const 2 i32.sub local.set 1
        local.get 0 local.get 7 i64.const -3 i64.add i64.extend32_s local.tee 6 i64.store offset=152
        local.get 0 local.get 7 i64.extend32_s local.tee 8 i64.store offset=160
        local.get 0 i64.const 3 local.tee 9 i64.store offset=168
        local.get 6 i64.eqz if
          br 3
        end
        br 0
      end
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 1 local.tee 10 i64.store offset=8
      br 0
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 2 local.tee 10 i64.store offset=8
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 3 local.tee 10 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 9371889 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; and in conditions
;; 64-bit code at 100: 85c0740985c97405ba01000000bb01000000
;; 6 guest instructions, 97 instructions, 205 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
    i32.const 1 local.set 5
    local.get 0 local.get 6 local.tee 8 i64.store offset=152
    local.get 0 local.get 6 local.tee 9 i64.store offset=160
    local.get 0 i64.const 0 local.tee 10 i64.store offset=168
    local.get 8 i64.eqz if
      br 1
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load offset=8 local.tee 11 i64.extend32_s local.set 6
    local.get 0 local.get 6 local.tee 8 i64.store offset=152
    local.get 0 local.get 6 local.tee 9 i64.store offset=160
    local.get 8 i64.eqz if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 12 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 13 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8978673 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a diamond in a diamond
;; 64-bit code at 100: a8017410a8027405b901000000ba01000000eb05ba02000000bb03000000
;; 9 guest instructions, 119 instructions, 244 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 8 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load local.tee 7 i64.extend8_s i64.const 1 i64.and local.set 6
    i32.const 1 local.set 5
    local.get 0 local.get 6 local.tee 8 i64.store offset=152
    local.get 0 local.get 6 local.tee 9 i64.store offset=160
    local.get 0 i64.const 0 local.tee 10 i64.store offset=168
    local.get 8 i64.eqz if
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 2 local.tee 11 i64.store offset=16
      br 1
    end
    block
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 7 i64.extend8_s i64.const 2 i64.and i64.extend8_s local.set 6
      local.get 0 local.get 6 local.tee 8 i64.store offset=152
      local.get 0 local.get 6 local.tee 9 i64.store offset=160
      local.get 8 i64.eqz if
        br 1
      end
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 1 local.tee 12 i64.store offset=8
      br 0
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 3 local.tee 13 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 9371889 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; irreducible: a loop with two entries
;; 64-bit code at 100: 85c0740383c10183c20183fa0975f5bb01000000
;; 7 guest instructions, 137 instructions, 285 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
    i32.const 1 local.set 5
    local.get 0 local.get 6 local.tee 8 i64.store offset=152
    local.get 0 local.get 6 local.tee 9 i64.store offset=160
    local.get 0 i64.const 0 local.tee 10 i64.store offset=168
    local.get 8 i64.eqz if
      local.get 1 i32.const 3 i32.sub local.set 1
      local.get 0 local.get 0 i64.load offset=16 local.tee 11 i64.const 1 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store offset=16
      i32.const 1 local.set 5
      local.get 0 local.get 11 i64.const -9 i64.add i64.extend32_s local.tee 8 i64.store offset=152
      local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
      local.get 0 i64.const 9 local.tee 10 i64.store offset=168
      local.get 8 i64.const 0 i64.ne if
        br 2
      end
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 1 local.tee 12 i64.store offset=24
      i64.const 9043985 local.get 1 return
    end
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 13 local.tee 6 i64.const 1 i64.add local.set 14
  local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 13 i64.store offset=8
  i32.const 2 local.set 5
  local.get 0 local.get 14 i64.extend32_s local.tee 8 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 9 i64.store offset=160
  local.get 0 i64.const 1 local.tee 10 i64.store offset=168
  i64.const 8618016 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; irreducible: two blocks that jump at each other
;; 64-bit code at 100: 85c07404ffc97404ffca75f8bb01000000
;; 7 guest instructions, 184 instructions, 369 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    block
      local.get 1 i32.const 7 i32.lt_s if
        local.get 0 local.get 5 i32.store offset=176
        i64.const 8388849 local.get 1 return
      end
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
      i32.const 1 local.set 5
      local.get 0 local.get 6 local.tee 8 i64.store offset=152
      local.get 0 local.get 6 local.tee 9 i64.store offset=160
      local.get 0 i64.const 0 local.tee 10 i64.store offset=168
      local.get 8 i64.eqz if
        local.get 1 i32.const 2 i32.sub local.set 1
        local.get 0 i64.load offset=16 local.tee 11 local.set 6
        local.get 9 local.set 12
        local.get 6 i64.const -1 i64.add local.set 13
        local.get 0 local.get 13 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store offset=16
        i32.const 6 local.set 5
        local.get 0 local.get 13 i64.extend32_s local.tee 8 i64.store offset=152
        local.get 0 local.get 6 i64.extend32_s local.tee 9 i64.store offset=160
        local.get 0 local.get 12 i64.const 0 i64.lt_u i64.extend_i32_u local.tee 10 i64.store offset=168
        local.get 8 i64.eqz i32.eqz if
          br 2
        end
        br 2
      end
      br 0
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load offset=8 local.tee 14 local.set 6
    i32.const 0 local.set 15
    local.get 5 i32.const 1 i32.eq if
      local.get 9 local.get 10 i64.lt_u local.set 15
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags local.tee 16 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 15
    end
    local.get 6 i64.const -1 i64.add local.set 12
    local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 14 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 12 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 6 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 15 i64.extend_i32_u local.tee 10 i64.store offset=168
    local.get 8 i64.eqz i32.const 0 i32.xor if
      br 1
    end
    i64.const 8650848 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 17 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8945905 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; jmp to a register
;; 64-bit code at 100: 83c001ffe1
;; 2 guest instructions, 77 instructions, 160 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 i64.const 1 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 1 local.tee 11 i64.store offset=168
  local.get 0 i64.load offset=8 local.tee 12 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    i64.const 8487201 local.get 1 return
  end
  local.get 12 local.set 13
  local.get 0 local.get 13 i64.store offset=136
  i64.const 34 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; jmp through memory
;; 64-bit code at 100: ff24c8
;; 1 guest instructions, 88 instructions, 183 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.const 3 i64.shl i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add i64.load local.tee 11 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 11 local.set 12
  local.get 0 local.get 12 i64.store offset=136
  local.get 0 local.get 5 i32.store offset=176
  i64.const 242 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; call of a register
;; 64-bit code at 100: ffd0b901000000
;; 2 guest instructions, 93 instructions, 195 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 6 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 i64.load offset=32 local.tee 8 i64.const -8 i64.add local.tee 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
  local.get 7 local.get 9 i64.load offset=8 i64.sub local.tee 10 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add local.get 2 i64.const 258 i64.add i64.store
  local.get 0 local.get 7 local.tee 8 i64.store offset=32
  local.get 6 local.set 11
  local.get 0 local.get 11 i64.store offset=136
  local.get 0 local.get 5 i32.store offset=176
  i64.const 242 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; call and return, both in the region
;; 64-bit code at 100: e80500000083c001eb0483c101c3bb01000000
;; 6 guest instructions, 196 instructions, 397 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 6 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -8 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 2 i64.const 261 i64.add i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 10 local.tee 6 i64.const 1 i64.add local.set 9
  local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store offset=8
  i32.const 2 local.set 5
  local.get 0 local.get 9 i64.extend32_s local.tee 11 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 12 i64.store offset=160
  local.get 0 i64.const 1 local.tee 13 i64.store offset=168
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 14 i64.const 4088 i64.gt_u if
    i64.const 8814881 local.set 4
    br 1
  end
  local.get 14 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load local.tee 15 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    i64.const 8814881 local.get 1 return
  end
  local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=32
  local.get 15 local.set 16
  local.get 16 local.get 2 i64.sub i64.const 261 i64.eq if
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load local.tee 17 local.tee 6 i64.const 1 i64.add local.set 9
    local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 17 i64.store
    local.get 0 local.get 9 i64.extend32_s local.tee 11 i64.store offset=152
    local.get 0 local.get 6 i64.extend32_s local.tee 12 i64.store offset=160
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 18 i64.store offset=24
    i64.const 9011233 local.get 1 return
  end
  local.get 0 local.get 16 i64.store offset=136
  i64.const 34 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; two calls of one function
;; 64-bit code at 100: e80d00000083c001e80500000083c002eb0483c101c3bb01000000
;; 8 guest instructions, 285 instructions, 575 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -8 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 2 i64.const 261 i64.add i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 i64.load local.set 10
  local.get 0 i64.load offset=8 local.set 11
  loop
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8978673 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 11 local.tee 6 i64.const 1 i64.add local.set 9
    local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store offset=8
    i32.const 2 local.set 5
    local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=152
    local.get 0 local.get 6 i64.extend32_s local.tee 13 i64.store offset=160
    local.get 0 i64.const 1 local.tee 14 i64.store offset=168
    local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
    local.get 7 local.get 8 i64.load i64.sub local.tee 15 i64.const 4088 i64.gt_u if
      i64.const 9077025 local.set 4
      br 2
    end
    local.get 15 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load local.tee 16 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
      i64.const 9077025 local.get 1 return
    end
    local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=32
    local.get 16 local.set 17
    local.get 17 local.get 2 i64.sub i64.const 261 i64.eq if
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 10 local.tee 6 i64.const 1 i64.add local.set 9
      local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store
      local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=152
      local.get 0 local.get 6 i64.extend32_s local.tee 13 i64.store offset=160
      local.get 7 i64.const -8 i64.add local.tee 15 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
      local.get 15 local.get 8 i64.load offset=8 i64.sub local.tee 16 i64.const 4088 i64.gt_u if
        i64.const 8651041 local.set 4
        br 3
      end
      local.get 16 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 2 i64.const 269 i64.add i64.store
      local.get 0 local.get 15 local.tee 7 i64.store offset=32
      br 1
    end
    local.get 17 local.get 2 i64.sub i64.const 269 i64.eq if
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 10 local.tee 6 i64.const 2 i64.add local.set 9
      local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 10 i64.store
      local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=152
      local.get 0 local.get 6 i64.extend32_s local.tee 13 i64.store offset=160
      local.get 0 i64.const 2 local.tee 14 i64.store offset=168
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 1 local.tee 18 i64.store offset=24
      i64.const 9273377 local.get 1 return
    end
    local.get 0 local.get 17 i64.store offset=136
    i64.const 34 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; ret with a count
;; 64-bit code at 100: c21000
;; 1 guest instructions, 87 instructions, 182 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.tee 9 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8389105 local.get 1 return
  end
  local.get 0 local.get 6 i64.const 24 i64.add local.tee 6 i64.store offset=32
  local.get 9 local.set 10
  local.get 0 local.get 10 i64.store offset=136
  local.get 0 local.get 5 i32.store offset=176
  i64.const 242 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a tail call
;; 64-bit code at 100: 5deb0190b801000000c3
;; 4 guest instructions, 133 instructions, 275 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 6 i64.const 8 i64.add local.tee 6 i64.store offset=32
  local.get 0 local.get 9 local.tee 10 i64.store offset=40
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 11 i64.store
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8684017 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.tee 9 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8684017 local.get 1 return
  end
  local.get 0 local.get 6 i64.const 8 i64.add local.tee 6 i64.store offset=32
  local.get 9 local.set 12
  local.get 0 local.get 12 i64.store offset=136
  local.get 0 local.get 5 i32.store offset=176
  i64.const 242 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a branch far away
;; 64-bit code at 100: 83f8010f84faff0300b901000000
;; 3 guest instructions, 64 instructions, 138 bytes
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
    i64.const 8598421520 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 10 i64.store offset=8
  i64.const 8847377 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a branch back out of the page
;; 64-bit code at 100: 83f8010f84fafffcffb901000000
;; 3 guest instructions, 64 instructions, 138 bytes
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
    i64.const -6433964016 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 10 i64.store offset=8
  i64.const 8847377 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a block of forty instructions
;; 64-bit code at 100: 01c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c101c831c1
;; 40 guest instructions, 297 instructions, 486 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 40 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 40 i32.sub local.set 1
  local.get 0 i64.load local.tee 6 local.get 0 i64.load offset=8 local.tee 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 7
  local.get 0 local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 7 i64.extend32_s local.get 6 i64.extend32_s i64.xor local.set 8
  local.get 0 local.get 7 local.get 6 i64.xor i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
  i32.const 1 local.set 5
  local.get 0 local.get 8 local.tee 9 i64.store offset=152
  local.get 0 local.get 8 local.tee 10 i64.store offset=160
  local.get 0 i64.const 0 local.tee 11 i64.store offset=168
  i64.const 11010065 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a block longer than a charge
;; 64-bit code at 100: 8d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04088d04…
;; 140 guest instructions, 748 instructions, 1088 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 140 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 127 i32.sub local.set 1
  local.get 0 i64.load local.tee 6 local.get 0 i64.load offset=8 local.tee 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 0 local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 1 i32.const 13 i32.sub local.set 1
  local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  local.get 0 local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  i64.const 22151409 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; ud2 at the end
;; 64-bit code at 100: 83c0010f0b
;; 1 guest instructions, 58 instructions, 124 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 i64.const 1 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 1 local.tee 11 i64.store offset=168
  i64.const 8486945 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; int3 at the end
;; 64-bit code at 100: 83c001cc
;; 2 guest instructions, 80 instructions, 177 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 i64.const 1 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 1 local.tee 11 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8487152 i32.const 545 i32.const 3 i32.const 1 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; hlt at once after a branch
;; 64-bit code at 100: 85c07405b901000000f4
;; 3 guest instructions, 63 instructions, 137 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  local.get 8 i64.eqz if
    i64.const 8683536 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 11 i64.store offset=8
  i64.const 8683536 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
