;; rep movsb between
;; 64-bit code at 100: b905000000f3a4b801000000
;; 1 guest instructions, 36 instructions, 80 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 5 local.tee 6 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; rep stosq between
;; 64-bit code at 100: b905000000f348abb801000000
;; 1 guest instructions, 36 instructions, 80 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 5 local.tee 6 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; movsb and lodsd, without rep
;; 64-bit code at 100: a4ad83c001
;; 3 guest instructions, 179 instructions, 367 bytes
(local i64 i32 i64 i32 i64 i64 i64 i32 i64 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load offset=48 local.tee 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 7
  local.get 6 local.get 7 i64.load i64.sub local.tee 8 i64.const 4095 i64.gt_u if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 8 i32.wrap_i64 local.get 7 i32.load offset=24 i32.add i64.load8_s local.set 9
  local.get 0 i64.load offset=56 local.tee 10 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 11
  local.get 10 local.get 11 i64.load offset=8 i64.sub local.tee 12 i64.const 4095 i64.gt_u if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 12 i32.wrap_i64 local.get 11 i32.load offset=24 i32.add local.get 9 i64.store8
  i64.const -1 i64.const 1 local.get 0 i32.load offset=180 i32.const 1024 i32.and select local.set 13
  local.get 0 local.get 6 local.get 13 i64.add local.tee 6 i64.store offset=48
  local.get 0 local.get 10 local.get 13 i64.add local.tee 10 i64.store offset=56
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 14
  local.get 6 local.get 14 i64.load i64.sub local.tee 15 i64.const 4092 i64.gt_u if
    i64.const 8422129 local.set 4
    br 1
  end
  local.get 15 i32.wrap_i64 local.get 14 i32.load offset=24 i32.add i64.load32_s local.tee 16 i32.wrap_i64 i64.extend_i32_u local.set 17
  local.get 0 local.get 6 i64.const -4 i64.const 4 local.get 0 i32.load offset=180 i32.const 1024 i32.and select i64.add local.tee 6 i64.store offset=48
  local.get 17 local.tee 18 i64.const 1 i64.add local.set 19
  local.get 0 local.get 19 i32.wrap_i64 i64.extend_i32_u local.tee 17 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 19 i64.extend32_s local.tee 20 i64.store offset=152
  local.get 0 local.get 18 i64.extend32_s local.tee 21 i64.store offset=160
  local.get 0 i64.const 1 local.tee 22 i64.store offset=168
  i64.const 8552481 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; repne scasb between
;; 64-bit code at 100: b905000000f2ae741e
;; 1 guest instructions, 36 instructions, 80 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 1 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 5 local.tee 6 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8552689 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cpuid between
;; 64-bit code at 100: b8010000000fa289c3
;; 3 guest instructions, 63 instructions, 140 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8552944 i32.const 34 i32.const 0 i32.const 0 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 local.get 0 i64.load local.tee 6 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8683761 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; syscall at the end
;; 64-bit code at 100: b8270000000f05
;; 2 guest instructions, 55 instructions, 125 bytes
(local i64 i32 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.const 39 local.tee 6 i64.store
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8552688 i32.const 642 i32.const 0 i32.const 0 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8618225 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; in and out
;; 64-bit code at 100: b801000000e680e471b902000000
;; 4 guest instructions, 98 instructions, 225 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 4 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 4 i32.sub local.set 1
  local.get 0 i64.const 1 local.tee 6 i64.store
  local.get 0 i64.const 1 i64.store offset=240
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8553200 i32.const 738 i32.const 128 i32.const 1 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8618480 i32.const 722 i32.const 113 i32.const 1 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.gt_s br_if 0
  local.get 0 local.get 0 i64.load local.tee 6 i64.const -256 i64.and local.get 0 i64.load offset=240 i64.const 255 i64.and i64.or local.tee 6 i64.store
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 i64.const 2 local.tee 7 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; mov to cr3
;; 64-bit code at 100: 4889c80f22d8b901000000
;; 3 guest instructions, 64 instructions, 147 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 local.get 0 i64.load offset=8 local.tee 7 local.tee 6 i64.store
  local.get 0 local.get 6 i64.store offset=240
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8487408 i32.const 147 i32.const 3 i32.const 0 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 i64.const 1 local.tee 7 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8749297 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; x87 between
;; 64-bit code at 100: 83c001dd03d8c8dd1b83c002
;; 5 guest instructions, 316 instructions, 712 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i32 i64 i64 i32 i32 i32 i64 i32 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 5 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 5 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 i64.const 1 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 1 local.tee 11 i64.store offset=168
  local.get 0 i32.load offset=776 i32.const 12 i32.and local.get 0 i32.load offset=1292 i32.or if
    i64.const 8487969 local.get 1 return
  end
  local.get 0 i64.load offset=24 local.tee 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 12 local.get 13 i64.load i64.sub local.tee 14 i64.const 4088 i64.gt_u if
    i64.const 8487969 local.set 4
    br 1
  end
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add i64.load local.set 15
  local.get 0 local.get 15 i64.store offset=240
  local.get 0 i32.const 16 local.get 15 i64.const 0 call $x87-load local.tee 16 i32.eqz if
    i64.const 8487969 local.get 1 return
  end
  local.get 0 i32.const 1283 i32.store offset=1280
  local.get 0 local.get 2 i64.const 259 i64.add i64.store offset=1296
  local.get 0 local.get 0 i64.load16_u offset=416 i64.store32 offset=1284
  local.get 0 local.get 12 i64.store offset=1304
  local.get 0 local.get 0 i64.load16_u offset=512 i64.store32 offset=1288
  local.get 0 i32.load offset=776 i32.const 12 i32.and local.get 0 i32.load offset=1292 i32.or if
    i64.const 8553249 local.get 1 return
  end
  local.get 0 i32.const 1 i32.const 200 i64.const 0 call $x87-arith local.tee 17 i32.eqz if
    i64.const 8553249 local.get 1 return
  end
  local.get 0 i32.const 200 i32.store offset=1280
  local.get 0 local.get 2 i64.const 261 i64.add i64.store offset=1296
  local.get 0 local.get 0 i64.load16_u offset=416 i64.store32 offset=1284
  local.get 0 i32.load offset=776 i32.const 12 i32.and local.get 0 i32.load offset=1292 i32.or if
    i64.const 8618529 local.get 1 return
  end
  local.get 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 18
  local.get 12 local.get 18 i64.load offset=8 i64.sub local.tee 19 i64.const 4088 i64.gt_u if
    i64.const 8618529 local.set 4
    br 1
  end
  local.get 19 i32.wrap_i64 local.get 18 i32.load offset=24 i32.add i64.load drop
  local.get 0 i32.const 16528 call $x87-store local.tee 20 i32.eqz if
    i64.const 8618529 local.get 1 return
  end
  local.get 0 i32.load offset=256 if
    local.get 12 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 21
    local.get 12 local.get 21 i64.load offset=8 i64.sub local.tee 22 i64.const 4088 i64.gt_u if
      i64.const 8618529 local.set 4
      br 2
    end
    local.get 22 i32.wrap_i64 local.get 21 i32.load offset=24 i32.add local.get 0 i64.load offset=240 i64.store
  end
  local.get 0 i32.load offset=264 local.set 23
  local.get 0 local.get 23 i32.store offset=1264
  local.get 0 local.get 23 i32.const 128 i32.and i32.store offset=1292
  local.get 0 local.get 0 i32.load offset=272 i32.store offset=1268
  local.get 0 local.get 0 i64.load offset=280 i64.store offset=1272
  local.get 0 i32.const 1307 i32.store offset=1280
  local.get 0 local.get 2 i64.const 263 i64.add i64.store offset=1296
  local.get 0 local.get 0 i64.load16_u offset=416 i64.store32 offset=1284
  local.get 0 local.get 12 i64.store offset=1304
  local.get 0 local.get 0 i64.load16_u offset=512 i64.store32 offset=1288
  local.get 7 local.tee 24 i64.const 2 i64.add local.set 25
  local.get 0 local.get 25 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 0 local.get 25 i64.extend32_s local.tee 9 i64.store offset=152
  local.get 0 local.get 24 i64.extend32_s local.tee 10 i64.store offset=160
  local.get 0 i64.const 2 local.tee 11 i64.store offset=168
  i64.const 8781857 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmpxchg16b
;; 64-bit code at 100: 83c001480fc70b83c002
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
