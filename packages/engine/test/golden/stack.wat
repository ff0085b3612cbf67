;; push rax
;; 64-bit code at 100: 50
;; 1 guest instructions, 71 instructions, 151 bytes
(local i64 i32 i64 i64 i32 i64 i64)
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
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load local.tee 10 i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; push 5
;; 64-bit code at 100: 6a05
;; 1 guest instructions, 69 instructions, 146 bytes
(local i64 i32 i64 i64 i32 i64)
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
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.const 5 i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; push qword [rbx]
;; 64-bit code at 100: ff33
;; 1 guest instructions, 99 instructions, 207 bytes
(local i64 i32 i64 i32 i64 i64 i64 i64 i32 i64)
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
  local.get 0 i64.load offset=32 local.tee 11 i64.const -8 i64.add local.tee 10 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 10 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add local.get 9 i64.store
  local.get 0 local.get 10 local.tee 11 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pop rcx
;; 64-bit code at 100: 59
;; 1 guest instructions, 72 instructions, 153 bytes
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
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 6 i64.const 8 i64.add local.tee 6 i64.store offset=32
  local.get 0 local.get 9 local.tee 10 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pop qword [rbx]
;; 64-bit code at 100: 8f03
;; 1 guest instructions, 98 instructions, 205 bytes
(local i64 i32 i64 i32 i64 i64 i64 i32 i64)
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
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 i64.load offset=24 local.tee 10 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 10 local.get 11 i64.load offset=8 i64.sub local.tee 12 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add local.get 9 i64.store
  local.get 0 local.get 6 i64.const 8 i64.add local.tee 6 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; push ax
;; 64-bit code at 100: 6650
;; 1 guest instructions, 71 instructions, 151 bytes
(local i64 i32 i64 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -2 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4094 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load local.tee 10 i64.store16
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8454385 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; leave
;; 64-bit code at 100: c9
;; 1 guest instructions, 72 instructions, 153 bytes
(local i64 i32 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.load offset=40 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4088 i64.gt_u if
    i64.const 8389105 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 6 i64.const 8 i64.add local.tee 10 i64.store offset=32
  local.get 0 local.get 9 local.tee 6 i64.store offset=40
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; push rsp
;; 64-bit code at 100: 54
;; 1 guest instructions, 69 instructions, 146 bytes
(local i64 i32 i64 i64 i32 i64)
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
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 7 i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pop rsp
;; 64-bit code at 100: 5c
;; 1 guest instructions, 66 instructions, 141 bytes
(local i64 i32 i64 i32 i64 i64)
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
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load local.set 9
  local.get 0 local.get 9 local.tee 6 i64.store offset=32
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8421617 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a prologue
;; 64-bit code at 100: 554889e5534883ec28
;; 4 guest instructions, 129 instructions, 272 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 4 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -8 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4088 i64.gt_u if
    i64.const 8389873 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load offset=40 local.tee 10 i64.store
  local.get 0 local.get 6 local.tee 7 i64.store offset=32
  local.get 0 local.get 7 local.tee 10 i64.store offset=40
  local.get 7 i64.const -8 i64.add local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load offset=8 i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8520433 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add local.get 0 i64.load offset=24 local.tee 14 i64.store
  local.get 11 local.tee 7 local.tee 15 i64.const -40 i64.add local.set 16
  local.get 0 local.get 16 local.tee 7 i64.store offset=32
  i32.const 1 local.set 5
  local.get 0 local.get 16 local.tee 17 i64.store offset=152
  local.get 0 local.get 15 local.tee 18 i64.store offset=160
  local.get 0 i64.const 40 local.tee 19 i64.store offset=168
  i64.const 8683537 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; an epilogue
;; 64-bit code at 100: 4883c4285b5dc3
;; 4 guest instructions, 180 instructions, 371 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i32 i64 i64 i64 i32 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 4 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 local.tee 6 i64.const 40 i64.add local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store offset=32
  i32.const 2 local.set 5
  local.get 0 local.get 8 local.tee 9 i64.store offset=152
  local.get 0 local.get 6 local.tee 10 i64.store offset=160
  local.get 0 i64.const 40 local.tee 11 i64.store offset=168
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 7 local.get 12 i64.load i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8520481 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add i64.load local.set 14
  local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=32
  local.get 0 local.get 14 local.tee 15 i64.store offset=24
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 16
  local.get 7 local.get 16 i64.load i64.sub local.tee 17 i64.const 4088 i64.gt_u if
    i64.const 8552993 local.set 4
    br 1
  end
  local.get 17 i32.wrap_i64 local.get 16 i32.load offset=24 i32.add i64.load local.set 18
  local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=32
  local.get 0 local.get 18 local.tee 19 i64.store offset=40
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 20
  local.get 7 local.get 20 i64.load i64.sub local.tee 21 i64.const 4088 i64.gt_u if
    i64.const 8585505 local.set 4
    br 1
  end
  local.get 21 i32.wrap_i64 local.get 20 i32.load offset=24 i32.add i64.load local.tee 22 i64.const 47 i64.shr_s i64.const 1 i64.add i64.const 1 i64.gt_u if
    i64.const 8585505 local.get 1 return
  end
  local.get 0 local.get 7 i64.const 8 i64.add local.tee 7 i64.store offset=32
  local.get 22 local.set 23
  local.get 0 local.get 23 i64.store offset=136
  i64.const 34 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; enter
;; 64-bit code at 100: c8100000
;; 1 guest instructions, 51 instructions, 118 bytes
(local i64 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8388848 i32.const 1156 i32.const 16 i32.const 16384 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; red zone
;; 64-bit code at 100: 48894424f8488b4c24f8
;; 2 guest instructions, 102 instructions, 212 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i32 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load offset=32 local.tee 7 i64.const -8 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load offset=8 i64.sub local.tee 9 i64.const 4088 i64.gt_u if
    i64.const 8389361 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add local.get 0 i64.load local.tee 10 i64.store
  local.get 7 i64.const -8 i64.add local.tee 11 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 11 local.get 12 i64.load i64.sub local.tee 13 i64.const 4088 i64.gt_u if
    i64.const 8552945 local.set 4
    br 1
  end
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add i64.load local.set 14
  local.get 0 local.get 14 local.tee 15 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8716529 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; a frame used
;; 64-bit code at 100: 8b45fc0345f88945f4
;; 3 guest instructions, 158 instructions, 320 bytes
(local i64 i32 i64 i64 i32 i64 i64 i64 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load offset=40 local.tee 7 i64.const -4 i64.add local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 8
  local.get 6 local.get 8 i64.load i64.sub local.tee 9 i64.const 4092 i64.gt_u if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 9 i32.wrap_i64 local.get 8 i32.load offset=24 i32.add i64.load32_s local.set 10
  local.get 0 local.get 10 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store
  local.get 11 local.set 12
  local.get 7 i64.const -8 i64.add local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
  local.get 13 local.get 14 i64.load i64.sub local.tee 15 i64.const 4092 i64.gt_u if
    i64.const 8487665 local.set 4
    br 1
  end
  local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add i64.load32_s local.set 16
  local.get 12 local.get 16 i64.add local.set 17
  local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 11 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 17 i64.extend32_s local.tee 18 i64.store offset=152
  local.get 0 local.get 12 i64.extend32_s local.tee 19 i64.store offset=160
  local.get 0 local.get 16 local.tee 20 i64.store offset=168
  local.get 7 i64.const -12 i64.add local.tee 21 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 22
  local.get 21 local.get 22 i64.load offset=8 i64.sub local.tee 23 i64.const 4092 i64.gt_u if
    i64.const 8585505 local.set 4
    br 1
  end
  local.get 23 i32.wrap_i64 local.get 22 i32.load offset=24 i32.add local.get 11 i64.store32
  i64.const 8683553 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
