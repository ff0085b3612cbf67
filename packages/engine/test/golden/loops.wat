;; of one block
;; 64-bit code at 100: 01c8ffc975fa
;; 3 guest instructions, 107 instructions, 215 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  loop
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 6 local.set 10
    local.get 7 local.set 11
    local.get 10 local.get 11 i64.add local.set 12
    local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 12 i64.extend32_s local.set 8
    local.get 10 i64.extend32_s local.set 9
    local.get 11 i64.extend32_s local.set 13
    local.get 8 local.set 14
    local.get 9 local.set 15
    local.get 11 i64.const -1 i64.add local.set 16
    local.get 0 local.get 16 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 16 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 14 local.get 15 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 13 i64.store offset=168
    local.get 8 i64.eqz i32.eqz if
      br 1
    end
    i64.const 8585312 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; of one block, counted up
;; 64-bit code at 100: 4883c0084839c872f7
;; 3 guest instructions, 71 instructions, 155 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=160 local.set 8
  local.get 0 i64.load offset=168 local.set 9
  loop
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 0 local.get 6 i64.const 8 i64.add local.tee 6 i64.store
    i32.const 1 local.set 5
    local.get 0 local.get 6 local.get 7 i64.sub local.tee 10 i64.store offset=152
    local.get 0 local.get 6 local.tee 8 i64.store offset=160
    local.get 0 local.get 7 local.tee 9 i64.store offset=168
    local.get 8 local.get 9 i64.lt_u if
      br 1
    end
    i64.const 8683536 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with loop
;; 64-bit code at 100: 01c8e2fc
;; 2 guest instructions, 82 instructions, 170 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  loop
    local.get 1 i32.const 2 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 local.tee 8 local.get 7 i64.add local.set 9
    local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    i32.const 2 local.set 5
    local.get 0 local.get 9 i64.extend32_s local.tee 10 i64.store offset=152
    local.get 0 local.get 8 i64.extend32_s local.tee 11 i64.store offset=160
    local.get 0 local.get 7 i64.extend32_s local.tee 12 i64.store offset=168
    local.get 7 i64.const -1 i64.add local.tee 13 i64.const 0 i64.ne if
      local.get 0 local.get 13 local.tee 7 i64.store offset=8
      br 1
    end
    local.get 0 local.get 13 local.tee 7 i64.store offset=8
    i64.const 8519712 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with a condition inside
;; 64-bit code at 100: f7c101000000740201c8ffc975f2
;; 5 guest instructions, 168 instructions, 342 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i32 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  local.get 0 i64.load offset=168 local.set 10
  loop
    block
      local.get 1 i32.const 5 i32.lt_s if
        local.get 0 local.get 5 i32.store offset=176
        i64.const 8388849 local.get 1 return
      end
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 7 i64.const 1 i64.and local.set 11
      i32.const 1 local.set 5
      local.get 0 local.get 11 local.tee 8 i64.store offset=152
      local.get 0 local.get 11 local.tee 9 i64.store offset=160
      local.get 0 i64.const 0 local.tee 10 i64.store offset=168
      local.get 8 i64.eqz if
        br 1
      end
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 6 local.tee 11 local.get 7 i64.add local.set 12
      local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
      i32.const 2 local.set 5
      local.get 0 local.get 12 i64.extend32_s local.tee 8 i64.store offset=152
      local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
      local.get 0 local.get 7 i64.extend32_s local.tee 10 i64.store offset=168
      br 0
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 7 local.set 11
    i32.const 0 local.set 13
    local.get 5 i32.const 1 i32.eq if
      local.get 9 local.get 10 i64.lt_u local.set 13
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags local.tee 14 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 13
    end
    local.get 11 i64.const -1 i64.add local.set 12
    local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 12 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 13 i64.extend_i32_u local.tee 10 i64.store offset=168
    local.get 8 i64.eqz i32.eqz if
      br 1
    end
    i64.const 8847456 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with a way out in the middle
;; 64-bit code at 100: 39d0740601c8ffc975f6bb01000000
;; 6 guest instructions, 152 instructions, 306 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=16 local.set 8
  local.get 0 i64.load offset=152 local.set 9
  local.get 0 i64.load offset=160 local.set 10
  loop
    block
      local.get 1 i32.const 6 i32.lt_s if
        local.get 0 local.get 5 i32.store offset=176
        i64.const 8388849 local.get 1 return
      end
      local.get 1 i32.const 2 i32.sub local.set 1
      i32.const 1 local.set 5
      local.get 0 local.get 6 local.get 8 i64.sub i64.extend32_s local.tee 9 i64.store offset=152
      local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
      local.get 0 local.get 8 i64.extend32_s local.tee 11 i64.store offset=168
      local.get 9 i64.eqz if
        br 1
      end
      local.get 1 i32.const 3 i32.sub local.set 1
      local.get 6 local.set 12
      local.get 7 local.set 13
      local.get 12 local.get 13 i64.add local.set 14
      local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
      local.get 14 i64.extend32_s local.set 9
      local.get 12 i64.extend32_s local.set 10
      local.get 13 i64.extend32_s local.set 11
      local.get 9 local.set 15
      local.get 10 local.set 16
      local.get 13 i64.const -1 i64.add local.set 17
      local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
      i32.const 6 local.set 5
      local.get 0 local.get 17 i64.extend32_s local.tee 9 i64.store offset=152
      local.get 0 local.get 13 i64.extend32_s local.tee 10 i64.store offset=160
      local.get 0 local.get 15 local.get 16 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 11 i64.store offset=168
      local.get 9 i64.eqz i32.eqz if
        br 2
      end
      br 0
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 18 i64.store offset=24
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8880369 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with continue
;; 64-bit code at 100: ffc9f6c10374f901c885c975f3
;; 6 guest instructions, 119 instructions, 244 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  loop
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 5 i32.const 1 i32.eq if
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags drop
    end
    local.get 0 local.get 7 i64.const -1 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    local.get 7 i64.extend8_s i64.const 3 i64.and local.set 9
    i32.const 1 local.set 5
    local.get 0 local.get 9 local.tee 8 i64.store offset=152
    local.get 0 local.get 9 local.tee 10 i64.store offset=160
    local.get 0 i64.const 0 local.tee 11 i64.store offset=168
    local.get 8 i64.eqz if
      br 1
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 0 local.get 6 local.get 7 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 7 i64.extend32_s local.set 9
    i32.const 1 local.set 5
    local.get 0 local.get 9 local.tee 8 i64.store offset=152
    local.get 0 local.get 9 local.tee 10 i64.store offset=160
    local.get 0 i64.const 0 local.tee 11 i64.store offset=168
    local.get 8 i64.const 0 i64.ne if
      br 1
    end
    i64.const 8814608 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; nested
;; 64-bit code at 100: b90900000001c8ffc975faffca75f1
;; 6 guest instructions, 177 instructions, 352 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=16 local.set 8
  local.get 0 i64.load offset=152 local.set 9
  local.get 0 i64.load offset=160 local.set 10
  local.get 0 i64.load offset=168 local.set 11
  loop
    local.get 1 i32.const 1 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 9 local.tee 7 i64.store offset=8
    loop
      local.get 1 i32.const 5 i32.lt_s if
        local.get 0 local.get 5 i32.store offset=176
        i64.const 8552689 local.get 1 return
      end
      local.get 1 i32.const 3 i32.sub local.set 1
      local.get 6 local.set 12
      local.get 7 local.set 13
      local.get 12 local.get 13 i64.add local.set 14
      local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
      local.get 14 i64.extend32_s local.set 9
      local.get 12 i64.extend32_s local.set 10
      local.get 13 i64.extend32_s local.set 11
      local.get 9 local.set 15
      local.get 10 local.set 16
      local.get 13 i64.const -1 i64.add local.set 17
      local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
      i32.const 6 local.set 5
      local.get 0 local.get 17 i64.extend32_s local.tee 9 i64.store offset=152
      local.get 0 local.get 13 i64.extend32_s local.tee 10 i64.store offset=160
      local.get 0 local.get 15 local.get 16 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 11 i64.store offset=168
      local.get 9 i64.eqz i32.eqz if
        br 1
      end
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 8 local.tee 12 i64.const -1 i64.add local.set 13
      local.get 0 local.get 13 i32.wrap_i64 i64.extend_i32_u local.tee 8 i64.store offset=16
      local.get 0 local.get 13 i64.extend32_s local.tee 9 i64.store offset=152
      local.get 0 local.get 12 i64.extend32_s local.tee 10 i64.store offset=160
      local.get 0 local.get 11 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor i64.extend_i32_u local.tee 11 i64.store offset=168
      local.get 9 i64.eqz i32.eqz if
        br 2
      end
      i64.const 8880224 local.get 1 return
    end
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; nested three deep
;; 64-bit code at 100: b909000000ba0900000001d0ffca75faffc975f1ffcb75e8
;; 9 guest instructions, 244 instructions, 481 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=16 local.set 8
  local.get 0 i64.load offset=24 local.set 9
  local.get 0 i64.load offset=152 local.set 10
  local.get 0 i64.load offset=160 local.set 11
  local.get 0 i64.load offset=168 local.set 12
  loop
    local.get 1 i32.const 1 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 9 local.tee 7 i64.store offset=8
    loop
      local.get 1 i32.const 1 i32.lt_s if
        local.get 0 local.get 5 i32.store offset=176
        i64.const 8552689 local.get 1 return
      end
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 9 local.tee 8 i64.store offset=16
      loop
        local.get 1 i32.const 7 i32.lt_s if
          local.get 0 local.get 5 i32.store offset=176
          i64.const 8716529 local.get 1 return
        end
        local.get 1 i32.const 3 i32.sub local.set 1
        local.get 6 local.set 13
        local.get 8 local.set 14
        local.get 13 local.get 14 i64.add local.set 15
        local.get 0 local.get 15 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
        local.get 15 i64.extend32_s local.set 10
        local.get 13 i64.extend32_s local.set 11
        local.get 14 i64.extend32_s local.set 12
        local.get 10 local.set 16
        local.get 11 local.set 17
        local.get 14 i64.const -1 i64.add local.set 18
        local.get 0 local.get 18 i32.wrap_i64 i64.extend_i32_u local.tee 8 i64.store offset=16
        i32.const 6 local.set 5
        local.get 0 local.get 18 i64.extend32_s local.tee 10 i64.store offset=152
        local.get 0 local.get 14 i64.extend32_s local.tee 11 i64.store offset=160
        local.get 0 local.get 16 local.get 17 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
        local.get 10 i64.eqz i32.eqz if
          br 1
        end
        local.get 1 i32.const 2 i32.sub local.set 1
        local.get 7 local.tee 13 i64.const -1 i64.add local.set 14
        local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
        local.get 0 local.get 14 i64.extend32_s local.tee 10 i64.store offset=152
        local.get 0 local.get 13 i64.extend32_s local.tee 11 i64.store offset=160
        local.get 0 local.get 12 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
        local.get 10 i64.eqz i32.eqz if
          br 2
        end
        local.get 1 i32.const 2 i32.sub local.set 1
        local.get 9 local.tee 13 i64.const -1 i64.add local.set 14
        local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 9 i64.store offset=24
        local.get 0 local.get 14 i64.extend32_s local.tee 10 i64.store offset=152
        local.get 0 local.get 13 i64.extend32_s local.tee 11 i64.store offset=160
        local.get 0 local.get 12 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
        local.get 10 i64.eqz i32.eqz if
          br 3
        end
        i64.const 9175136 local.get 1 return
      end
    end
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; that begins in its middle
;; 64-bit code at 100: eb0201c8ffc979fa
;; 4 guest instructions, 154 instructions, 314 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i32 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  local.get 0 i64.load offset=168 local.set 10
  loop
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8519921 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 7 local.set 11
    i32.const 0 local.set 12
    local.get 5 i32.const 1 i32.eq if
      local.get 9 local.get 10 i64.lt_u local.set 12
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags local.tee 13 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 12
    end
    local.get 11 i64.const -1 i64.add local.set 14
    local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 14 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 12 i64.extend_i32_u local.tee 10 i64.store offset=168
    local.get 8 i64.const 0 i64.lt_s i32.eqz if
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 6 local.tee 11 local.get 7 i64.add local.set 14
      local.get 0 local.get 14 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
      i32.const 2 local.set 5
      local.get 0 local.get 14 i64.extend32_s local.tee 8 i64.store offset=152
      local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
      local.get 0 local.get 7 i64.extend32_s local.tee 10 i64.store offset=168
      br 1
    end
    i64.const 8650848 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with two back edges
;; 64-bit code at 100: 83c001a90200000075f683c003a90800000075ec
;; 6 guest instructions, 107 instructions, 220 bytes
(local i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=152 local.set 7
  loop
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 0 local.get 6 i64.const 1 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 6 i64.const 2 i64.and i64.extend32_s local.set 8
    i32.const 1 local.set 5
    local.get 0 local.get 8 local.tee 7 i64.store offset=152
    local.get 0 local.get 8 local.tee 9 i64.store offset=160
    local.get 0 i64.const 0 local.tee 10 i64.store offset=168
    local.get 7 i64.const 0 i64.ne if
      br 1
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 0 local.get 6 i64.const 3 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 6 i64.const 8 i64.and i64.extend32_s local.set 8
    i32.const 1 local.set 5
    local.get 0 local.get 8 local.tee 7 i64.store offset=152
    local.get 0 local.get 8 local.tee 9 i64.store offset=160
    local.get 0 i64.const 0 local.tee 10 i64.store offset=168
    local.get 7 i64.const 0 i64.ne if
      br 1
    end
    i64.const 9043984 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; endless
;; 64-bit code at 100: 83c001ebfb
;; 2 guest instructions, 59 instructions, 123 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  loop
    local.get 1 i32.const 2 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 local.tee 7 i64.const 1 i64.add local.set 8
    local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    i32.const 2 local.set 5
    local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 10 i64.store offset=160
    local.get 0 i64.const 1 local.tee 11 i64.store offset=168
    br 0
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; that copies
;; 64-bit code at 100: 8a06880748ffc648ffc748ffc975f1
;; 6 guest instructions, 219 instructions, 439 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i32 i64 i32 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=48 local.set 8
  local.get 0 i64.load offset=56 local.set 9
  local.get 0 i64.load offset=152 local.set 10
  local.get 0 i64.load offset=160 local.set 11
  local.get 0 i64.load offset=168 local.set 12
  loop
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 6 i32.sub local.set 1
    local.get 8 local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
    local.get 13 local.get 14 i64.load i64.sub local.tee 15 i64.const 4095 i64.gt_u if
      i64.const 8390385 local.set 4
      br 2
    end
    local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add i64.load8_s local.set 16
    local.get 0 local.get 6 i64.const -256 i64.and local.get 16 i64.const 255 i64.and i64.or local.tee 6 i64.store
    local.get 9 local.tee 17 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 18
    local.get 17 local.get 18 i64.load offset=8 i64.sub local.tee 19 i64.const 4095 i64.gt_u if
      i64.const 8455665 local.set 4
      br 2
    end
    local.get 19 i32.wrap_i64 local.get 18 i32.load offset=24 i32.add local.get 6 i64.store8
    i32.const 0 local.set 20
    local.get 5 i32.const 1 i32.eq if
      local.get 11 local.get 12 i64.lt_u local.set 20
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags local.tee 21 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 20
    end
    local.get 13 i64.const 1 i64.add local.set 22
    local.get 0 local.get 22 local.tee 8 i64.store offset=48
    local.get 22 local.set 10
    local.get 13 local.set 11
    local.get 20 i64.extend_i32_u local.set 12
    local.get 17 i64.const 1 i64.add local.set 23
    local.get 0 local.get 23 local.tee 9 i64.store offset=56
    local.get 23 local.set 10
    local.get 17 local.set 11
    local.get 12 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor i64.extend_i32_u local.set 12
    local.get 7 local.tee 24 i64.const -1 i64.add local.set 25
    local.get 0 local.get 25 local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 25 local.tee 10 i64.store offset=152
    local.get 0 local.get 24 local.tee 11 i64.store offset=160
    local.get 0 local.get 12 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
    local.get 10 i64.eqz i32.eqz if
      br 1
    end
    i64.const 8880224 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; that sums
;; 64-bit code at 100: 31c003048e48ffc975f8
;; 4 guest instructions, 162 instructions, 332 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64)
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
  local.get 0 i64.load offset=8 local.set 10
  local.get 0 i64.load offset=48 local.set 11
  loop
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8454385 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 6 local.set 12
    local.get 10 local.set 13
    local.get 11 local.get 13 i64.const 2 i64.shl i64.add local.tee 14 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 15
    local.get 14 local.get 15 i64.load i64.sub local.tee 16 i64.const 4092 i64.gt_u if
      i64.const 8455153 local.set 4
      br 2
    end
    local.get 16 i32.wrap_i64 local.get 15 i32.load offset=24 i32.add i64.load32_s local.set 17
    local.get 12 local.get 17 i64.add local.set 18
    local.get 0 local.get 18 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 18 i64.extend32_s local.set 7
    local.get 12 i64.extend32_s local.set 8
    local.get 17 local.set 9
    local.get 7 local.set 19
    local.get 8 local.set 20
    local.get 13 i64.const -1 i64.add local.set 21
    local.get 0 local.get 21 local.tee 10 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 21 local.tee 7 i64.store offset=152
    local.get 0 local.get 13 local.tee 8 i64.store offset=160
    local.get 0 local.get 19 local.get 20 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 9 i64.store offset=168
    local.get 7 i64.eqz i32.eqz if
      br 1
    end
    i64.const 8716384 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; of a checksum
;; 64-bit code at 100: 0fb6164883c60131d0c1c0054839fe75ef
;; 6 guest instructions, 135 instructions, 275 bytes
(local i64 i32 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=16 local.set 7
  local.get 0 i64.load offset=48 local.set 8
  local.get 0 i64.load offset=56 local.set 9
  local.get 0 i64.load offset=152 local.set 10
  loop
    local.get 1 i32.const 6 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 6 i32.sub local.set 1
    local.get 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
    local.get 8 local.get 11 i64.load i64.sub local.tee 12 i64.const 4095 i64.gt_u if
      i64.const 8390385 local.set 4
      br 2
    end
    local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add i64.load8_s local.set 13
    local.get 0 local.get 13 i64.const 255 i64.and local.tee 7 i64.store offset=16
    local.get 0 local.get 8 i64.const 1 i64.add local.tee 8 i64.store offset=48
    local.get 6 i64.extend32_s local.get 7 i64.xor local.set 14
    local.get 6 local.get 7 i64.xor i32.wrap_i64 i64.extend_i32_u local.set 6
    local.get 14 local.set 10
    local.get 14 local.set 15
    local.get 0 local.get 6 i64.const 5 i64.shl local.get 6 i64.const 27 i64.shr_u i64.or i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    i32.const 1 local.set 5
    local.get 0 local.get 8 local.get 9 i64.sub local.tee 10 i64.store offset=152
    local.get 0 local.get 8 local.tee 15 i64.store offset=160
    local.get 0 local.get 9 local.tee 16 i64.store offset=168
    local.get 10 i64.const 0 i64.ne if
      br 1
    end
    i64.const 8945680 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; that searches
;; 64-bit code at 100: 803e00740548ffc6ebf64829fe
;; 5 guest instructions, 147 instructions, 316 bytes
(local i64 i32 i64 i64 i64 i32 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load offset=48 local.set 6
  local.get 0 i64.load offset=152 local.set 7
  local.get 0 i64.load offset=160 local.set 8
  loop
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 9
    local.get 6 local.get 9 i64.load i64.sub local.tee 10 i64.const 4095 i64.gt_u if
      i64.const 8389361 local.set 4
      br 2
    end
    local.get 10 i32.wrap_i64 local.get 9 i32.load offset=24 i32.add i64.load8_s local.set 11
    i32.const 1 local.set 5
    local.get 0 local.get 11 local.tee 7 i64.store offset=152
    local.get 0 local.get 11 local.tee 8 i64.store offset=160
    local.get 0 i64.const 0 local.tee 12 i64.store offset=168
    local.get 7 i64.eqz if
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 6 local.tee 10 local.get 0 i64.load offset=56 local.tee 13 i64.sub local.set 11
      local.get 0 local.get 11 local.tee 6 i64.store offset=48
      local.get 0 local.get 11 local.tee 7 i64.store offset=152
      local.get 0 local.get 10 local.tee 8 i64.store offset=160
      local.get 0 local.get 13 local.tee 12 i64.store offset=168
      i64.const 8814609 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 local.set 10
    local.get 8 local.set 11
    local.get 10 i64.const 1 i64.add local.set 14
    local.get 0 local.get 14 local.tee 6 i64.store offset=48
    i32.const 5 local.set 5
    local.get 0 local.get 14 local.tee 7 i64.store offset=152
    local.get 0 local.get 10 local.tee 8 i64.store offset=160
    local.get 0 local.get 11 i64.const 0 i64.lt_u i64.extend_i32_u local.tee 12 i64.store offset=168
    br 0
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with a call
;; 64-bit code at 100: e806000000ffc975f7eb0301c8c3bb01000000
;; 7 guest instructions, 234 instructions, 470 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=32 local.set 8
  local.get 0 i64.load offset=152 local.set 9
  local.get 0 i64.load offset=160 local.set 10
  loop
    local.get 1 i32.const 7 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 8 i64.const -8 i64.add local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
    local.get 11 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4088 i64.gt_u if
      i64.const 8389105 local.set 4
      br 2
    end
    local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add local.get 2 i64.const 261 i64.add i64.store
    local.get 0 local.get 11 local.tee 8 i64.store offset=32
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 local.tee 11 local.get 7 i64.add local.set 13
    local.get 0 local.get 13 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    i32.const 2 local.set 5
    local.get 0 local.get 13 i64.extend32_s local.tee 9 i64.store offset=152
    local.get 0 local.get 11 i64.extend32_s local.tee 10 i64.store offset=160
    local.get 0 local.get 7 i64.extend32_s local.tee 14 i64.store offset=168
    local.get 8 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
    local.get 8 local.get 12 i64.load i64.sub local.tee 15 i64.const 4088 i64.gt_u if
      i64.const 8814881 local.set 4
      br 2
    end
    local.get 15 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add i64.load local.tee 16 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
      i64.const 8814881 local.get 1 return
    end
    local.get 0 local.get 8 i64.const 8 i64.add local.tee 8 i64.store offset=32
    local.get 16 local.set 17
    local.get 17 local.get 2 i64.sub i64.const 261 i64.eq if
      local.get 1 i32.const 2 i32.sub local.set 1
      local.get 7 local.set 11
      local.get 9 local.set 13
      local.get 10 local.set 15
      local.get 11 i64.const -1 i64.add local.set 16
      local.get 0 local.get 16 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
      i32.const 6 local.set 5
      local.get 0 local.get 16 i64.extend32_s local.tee 9 i64.store offset=152
      local.get 0 local.get 11 i64.extend32_s local.tee 10 i64.store offset=160
      local.get 0 local.get 13 local.get 15 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 14 i64.store offset=168
      local.get 9 i64.eqz i32.eqz if
        br 2
      end
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 1 i32.const 1 i32.sub local.set 1
      local.get 0 i64.const 1 local.tee 18 i64.store offset=24
      i64.const 9011297 local.get 1 return
    end
    local.get 0 local.get 17 i64.store offset=136
    i64.const 34 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; with an instruction that is interpreted
;; 64-bit code at 100: 01c80fa2ffc975f8
;; 4 guest instructions, 162 instructions, 342 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  local.get 0 i64.load offset=168 local.set 10
  loop
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 4 i32.sub local.set 1
    local.get 6 local.tee 11 local.get 7 i64.add local.set 12
    local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    i32.const 2 local.set 5
    local.get 0 local.get 12 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 11 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 7 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 local.get 1 local.get 2 i64.const 8454896 i32.const 34 i32.const 0 i32.const 0 call $region-assisted local.set 4
    local.get 0 i32.load offset=176 local.set 5
    local.get 4 i64.const 0 i64.ne br_if 1
    local.get 0 i64.load offset=8 local.tee 7 local.set 13
    i32.const 0 local.set 14
    local.get 5 i32.const 1 i32.eq if
      local.get 0 i64.load offset=160 local.tee 9 local.get 0 i64.load offset=168 local.tee 10 i64.lt_u local.set 14
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags local.tee 15 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 14
    end
    local.get 13 i64.const -1 i64.add local.set 16
    local.get 0 local.get 16 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 16 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 13 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 14 i64.extend_i32_u local.tee 10 i64.store offset=168
    local.get 8 i64.eqz i32.eqz if
      local.get 0 i64.load local.set 6
      br 1
    end
    i64.const 8650848 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
