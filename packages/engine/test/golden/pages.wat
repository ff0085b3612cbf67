;; a block over the end of its page
;; 64-bit code at ffa: 83c00183c00283c00483c008
;; 4 guest instructions, 123 instructions, 251 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 134021361 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 6 i64.const 1 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
  i32.const 2 local.set 5
  local.get 6 local.tee 7 i64.const 2 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 7 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 2 local.tee 11 i64.store offset=168
  local.get 2 i64.const 4096 i64.add local.tee 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 13 i64.load offset=16 local.get 12 i64.ne local.get 13 i32.load offset=24 i32.const 12288 i32.ne i32.or if
    i64.const 134217760 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 6 i64.const 4 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 6 local.tee 7 i64.const 8 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 7 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 8 local.tee 11 i64.store offset=168
  i64.const 134414369 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; an instruction on two pages
;; 64-bit code at ffb: 83c001057856341283c004
;; 3 guest instructions, 117 instructions, 245 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 134054129 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 i64.const 1 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 1 local.tee 11 i64.store offset=168
  local.get 2 i64.const 4096 i64.add local.tee 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 13 i64.load offset=16 local.get 12 i64.ne local.get 13 i32.load offset=24 i32.const 12288 i32.ne i32.or if
    i64.const 134152224 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 7 i64.const 305419896 i64.add i32.wrap_i64 i64.extend_i32_u local.tee 7 local.tee 6 i64.const 4 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 4 local.tee 11 i64.store offset=168
  i64.const 134414369 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a loop over the page border
;; 64-bit code at ffa: 83c00183c00283c004ffc975f3
;; 5 guest instructions, 190 instructions, 381 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  loop
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 134021361 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 i64.const 1 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
    i32.const 2 local.set 5
    local.get 6 local.tee 10 i64.const 2 i64.add local.set 11
    local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 0 local.get 11 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 10 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 i64.const 2 local.tee 12 i64.store offset=168
    local.get 2 i64.const 4096 i64.add local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 14 i64.load offset=16 local.get 13 i64.ne local.get 14 i32.load offset=24 i32.const 12288 i32.ne i32.or if
      i64.const 134217760 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 6 local.tee 10 i64.const 4 i64.add local.set 11
    local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 11 i64.extend32_s local.set 8
    local.get 10 i64.extend32_s local.set 9
    local.get 7 local.set 13
    local.get 8 local.set 15
    local.get 9 local.set 16
    local.get 13 i64.const -1 i64.add local.set 17
    local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 17 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 13 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 15 local.get 16 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
    local.get 8 i64.eqz i32.eqz if
      local.get 2 i64.const 0 i64.add local.tee 18 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 14 i64.load offset=16 local.get 18 i64.ne local.get 14 i32.load offset=24 i32.const 8192 i32.ne i32.or if
        i64.const 134021216 local.get 1 return
      end
      br 1
    end
    i64.const 134447200 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a call into the next page
;; 64-bit code at ff0: e80b00000083c001eb0a00000000000083c101c3bb01000000
;; 6 guest instructions, 274 instructions, 559 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 6 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 133693681 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -8 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4088 i64.gt_u if
    i64.const 133693937 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 2 i64.const 4085 i64.add i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 2 i64.const 4096 i64.add local.tee 10 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 11 i64.load offset=16 local.get 10 i64.ne local.get 11 i32.load offset=24 i32.const 12288 i32.ne i32.or if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 134217968 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 12 local.tee 6 i64.const 1 i64.add local.set 9
  local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 12 i64.store offset=8
  i32.const 2 local.set 5
  local.get 0 local.get 9 i64.extend32_s local.tee 13 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 14 i64.store offset=160
  local.get 0 i64.const 1 local.tee 15 i64.store offset=168
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 7 local.get 8 i64.load i64.sub local.tee 10 i64.const 4088 i64.gt_u if
    i64.const 134316321 local.set 4
    br 1
  end
  local.get 10 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load local.tee 16 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    i64.const 134316321 local.get 1 return
  end
  local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=32
  local.get 16 local.set 17
  local.get 17 local.get 2 i64.sub i64.const 4085 i64.eq if
    local.get 2 i64.const 0 i64.add local.tee 18 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 11 i64.load offset=16 local.get 18 i64.ne local.get 11 i32.load offset=24 i32.const 8192 i32.ne i32.or if
      i64.const 133857312 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 0 i64.load local.tee 19 local.tee 6 i64.const 1 i64.add local.set 9
    local.get 0 local.get 9 i32.wrap_i64 i64.extend_i32_u local.tee 19 i64.store
    local.get 0 local.get 9 i64.extend32_s local.tee 13 i64.store offset=152
    local.get 0 local.get 6 i64.extend32_s local.tee 14 i64.store offset=160
    local.get 2 i64.const 4096 i64.add local.tee 10 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 8 i64.load offset=16 local.get 10 i64.ne local.get 8 i32.load offset=24 i32.const 12288 i32.ne i32.or if
      i64.const 134348832 local.get 1 return
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 20 i64.store offset=24
    i64.const 134512673 local.get 1 return
  end
  local.get 0 local.get 17 i64.store offset=136
  i64.const 34 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a loop over the page border in 32-bit code
;; 32-bit code at ffa: 83c00183c00283c0044975f4
;; 5 guest instructions, 190 instructions, 381 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 0 i64.load local.set 6
  local.get 0 i64.load offset=8 local.set 7
  local.get 0 i64.load offset=152 local.set 8
  local.get 0 i64.load offset=160 local.set 9
  loop
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 134021361 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    local.get 6 i64.const 1 i64.add i32.wrap_i64 i64.extend_i32_u local.set 6
    i32.const 2 local.set 5
    local.get 6 local.tee 10 i64.const 2 i64.add local.set 11
    local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 0 local.get 11 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 10 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 i64.const 2 local.tee 12 i64.store offset=168
    local.get 2 i64.const 4096 i64.add local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 14 i64.load offset=16 local.get 13 i64.ne local.get 14 i32.load offset=24 i32.const 12288 i32.ne i32.or if
      i64.const 134217760 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 6 local.tee 10 i64.const 4 i64.add local.set 11
    local.get 0 local.get 11 i32.wrap_i64 i64.extend_i32_u local.tee 6 i64.store
    local.get 11 i64.extend32_s local.set 8
    local.get 10 i64.extend32_s local.set 9
    local.get 7 local.set 13
    local.get 8 local.set 15
    local.get 9 local.set 16
    local.get 13 i64.const -1 i64.add local.set 17
    local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
    i32.const 6 local.set 5
    local.get 0 local.get 17 i64.extend32_s local.tee 8 i64.store offset=152
    local.get 0 local.get 13 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 15 local.get 16 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
    local.get 8 i64.eqz i32.eqz if
      local.get 2 i64.const 0 i64.add local.tee 18 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.tee 14 i64.load offset=16 local.get 18 i64.ne local.get 14 i32.load offset=24 i32.const 8192 i32.ne i32.or if
        i64.const 134021216 local.get 1 return
      end
      br 1
    end
    i64.const 134414432 local.get 1 return
  end
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a branch to the page before
;; 64-bit code at 4: ffc975deb801000000
;; 3 guest instructions, 105 instructions, 212 bytes
(local i64 i32 i64 i64 i32 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 131313 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=8 local.tee 7 local.set 6
  i32.const 0 local.set 8
  local.get 5 i32.const 1 i32.eq if
    local.get 0 i64.load offset=160 local.tee 9 local.get 0 i64.load offset=168 local.tee 10 i64.lt_u local.set 8
  else
    local.get 0 local.get 5 i32.store offset=176
    local.get 0 call $status-flags local.tee 11 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 8
  end
  local.get 6 i64.const -1 i64.add local.set 12
  local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=8
  i32.const 6 local.set 5
  local.get 0 local.get 12 i64.extend32_s local.tee 13 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 9 i64.store offset=160
  local.get 0 local.get 8 i64.extend_i32_u local.tee 10 i64.store offset=168
  local.get 13 i64.eqz i32.eqz if
    i64.const -851872 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 14 i64.store
  i64.const 426081 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
