;; rep movsb between
;; 64-bit code at 100: b905000000f3a4b801000000
;; 1 guest instructions, 63 instructions, 125 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 5 local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; rep stosq between
;; 64-bit code at 100: b905000000f348abb801000000
;; 1 guest instructions, 63 instructions, 125 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 5 local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; movsb and lodsd, without rep
;; 64-bit code at 100: a4ad83c001
;; 3 guest instructions, 243 instructions, 487 bytes
(local i64 i64 i64 i64 i32 i64 i64 i64 i32 i64 i32 i64 i32 i64 i32 i64 i32 i64 i32 i64 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=48 local.set 6
local.get 0 i64.load offset=56 local.set 7
local.get 0 i32.load offset=176 local.set 8
local.get 0 i64.load offset=152 local.set 9
local.get 0 i64.load offset=160 local.set 10
local.get 0 i64.load offset=168 local.set 11
block
  local.get 1 i32.const 3 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389617 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 12
  local.get 6 local.get 12 i64.load i64.sub local.tee 13 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389617 local.set 4
    local.get 6 i32.const 8 call $load local.tee 14 i32.eqz br_if 1
  local.get 14 else
  local.get 13 i32.wrap_i64 local.get 12 i32.load offset=24 i32.add end
  i64.load8_s local.set 15
  local.get 7 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 16
  local.get 7 local.get 16 i64.load offset=8 i64.sub local.tee 17 i64.const 4095 i64.gt_u if (result i32)
    i64.const 8389617 local.set 4
    local.get 7 i32.const 0 call $store local.tee 18 i32.eqz br_if 1
  local.get 18 else
  local.get 17 i32.wrap_i64 local.get 16 i32.load offset=24 i32.add end
  local.get 15 i64.store8
  i64.const -1 i64.const 1 local.get 0 i32.load offset=180 i32.const 1024 i32.and select local.set 19
  local.get 6 local.get 19 i64.add local.set 6
  local.get 7 local.get 19 i64.add local.set 7
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 20
  local.get 6 local.get 20 i64.load i64.sub local.tee 21 i64.const 4092 i64.gt_u if (result i32)
    i64.const 8422129 local.set 4
    local.get 6 i32.const 10 call $load local.tee 22 i32.eqz br_if 1
  local.get 22 else
  local.get 21 i32.wrap_i64 local.get 20 i32.load offset=24 i32.add end
  i64.load32_s local.tee 23 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 6 i64.const -4 i64.const 4 local.get 0 i32.load offset=180 i32.const 1024 i32.and select i64.add local.set 6
  local.get 5 local.tee 24 i64.const 1 i64.add local.tee 25 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 8
  local.get 25 i64.extend32_s local.set 9
  local.get 24 i64.extend32_s local.set 10
  i64.const 1 local.set 11
  i64.const 8552481 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 6 i64.store offset=48
local.get 0 local.get 7 i64.store offset=56
local.get 0 local.get 9 i64.store offset=152
local.get 0 local.get 10 i64.store offset=160
local.get 0 local.get 11 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 26 local.get 8 local.get 26 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; repne scasb between
;; 64-bit code at 100: b905000000f2ae741e
;; 1 guest instructions, 63 instructions, 125 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load offset=8 local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 5 local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store offset=8
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cpuid between
;; 64-bit code at 100: b8010000000fa289c3
;; 1 guest instructions, 63 instructions, 125 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 1 local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; syscall at the end
;; 64-bit code at 100: b8270000000f05
;; 1 guest instructions, 63 instructions, 125 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 39 local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; in and out
;; 64-bit code at 100: b801000000e680e471b902000000
;; 1 guest instructions, 63 instructions, 125 bytes
(local i64 i64 i32 i32)
local.get 0 i64.load local.set 5
local.get 0 i32.load offset=176 local.set 6
block
  local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8389105 local.set 4
    br 1
  end
  i64.const 1 local.set 5
  i64.const 8552689 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 7 local.get 6 local.get 7 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; mov to cr3
;; 64-bit code at 100: 4889c80f22d8b901000000
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

;; x87 between
;; 64-bit code at 100: 83c001dd03d8c8dd1b83c002
;; 5 guest instructions, 352 instructions, 779 bytes
(local i64 i64 i64 i32 i64 i64 i64 i64 i64 i32 i64 i32 i64 i32 i32 i64 i32 i32 i64 i32 i32 i64 i64 i32)
local.get 0 i64.load local.set 5
local.get 0 i64.load offset=24 local.set 6
local.get 0 i32.load offset=176 local.set 7
local.get 0 i64.load offset=152 local.set 8
local.get 0 i64.load offset=160 local.set 9
local.get 0 i64.load offset=168 local.set 10
block
  local.get 1 i32.const 5 i32.sub local.tee 1 i32.const 0 i32.lt_s if
    i64.const 8390129 local.set 4
    br 1
  end
  local.get 5 local.tee 11 i64.const 1 i64.add local.tee 12 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 7
  local.get 12 i64.extend32_s local.set 8
  local.get 11 i64.extend32_s local.set 9
  i64.const 1 local.set 10
  local.get 0 i32.load offset=776 i32.const 12 i32.and local.get 0 i32.load offset=1292 i32.or if
    i64.const 8487969 local.set 4
    br 1
  end
  local.get 6 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 13
  local.get 6 local.get 13 i64.load i64.sub local.tee 14 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8487969 local.set 4
    local.get 6 i32.const 3 call $load local.tee 15 i32.eqz br_if 1
  local.get 15 else
  local.get 14 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
  i64.load local.set 16
  local.get 0 local.get 16 i64.store offset=240
  local.get 0 i32.const 16 local.get 16 i64.const 0 call $x87-load local.tee 17 i32.eqz if
    i64.const 8487969 local.set 4
    br 1
  end
  local.get 0 i32.const 1283 i32.store offset=1280
  local.get 0 local.get 2 i64.const 259 i64.add i64.store offset=1296
  local.get 0 local.get 0 i64.load16_u offset=416 i64.store32 offset=1284
  local.get 0 local.get 6 i64.store offset=1304
  local.get 0 local.get 0 i64.load16_u offset=512 i64.store32 offset=1288
  local.get 0 i32.load offset=776 i32.const 12 i32.and local.get 0 i32.load offset=1292 i32.or if
    i64.const 8553249 local.set 4
    br 1
  end
  local.get 0 i32.const 1 i32.const 200 i64.const 0 call $x87-arith local.tee 18 i32.eqz if
    i64.const 8553249 local.set 4
    br 1
  end
  local.get 0 i32.const 200 i32.store offset=1280
  local.get 0 local.get 2 i64.const 261 i64.add i64.store offset=1296
  local.get 0 local.get 0 i64.load16_u offset=416 i64.store32 offset=1284
  local.get 0 i32.load offset=776 i32.const 12 i32.and local.get 0 i32.load offset=1292 i32.or if
    i64.const 8618529 local.set 4
    br 1
  end
  local.get 6 local.get 13 i64.load offset=8 i64.sub local.tee 19 i64.const 4088 i64.gt_u if (result i32)
    i64.const 8618529 local.set 4
    local.get 6 i32.const 19 local.get 3 call $find-writable local.tee 20 i32.eqz br_if 1
  local.get 20 else
  local.get 19 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
  i64.load drop
  local.get 0 i32.const 16528 call $x87-store local.tee 21 i32.eqz if
    i64.const 8618529 local.set 4
    br 1
  end
  local.get 0 i32.load offset=256 if
    local.get 6 local.get 13 i64.load offset=8 i64.sub local.tee 22 i64.const 4088 i64.gt_u if (result i32)
      i64.const 8618529 local.set 4
      local.get 6 i32.const 3 local.get 3 call $find-store local.tee 23 i32.eqz br_if 2
    local.get 23 else
    local.get 22 i32.wrap_i64 local.get 13 i32.load offset=24 i32.add end
    local.get 0 i64.load offset=240 i64.store
  end
  local.get 0 i32.load offset=264 local.set 24
  local.get 0 local.get 24 i32.store offset=1264
  local.get 0 local.get 24 i32.const 128 i32.and i32.store offset=1292
  local.get 0 local.get 0 i32.load offset=272 i32.store offset=1268
  local.get 0 local.get 0 i64.load offset=280 i64.store offset=1272
  local.get 0 i32.const 1307 i32.store offset=1280
  local.get 0 local.get 2 i64.const 263 i64.add i64.store offset=1296
  local.get 0 local.get 0 i64.load16_u offset=416 i64.store32 offset=1284
  local.get 0 local.get 6 i64.store offset=1304
  local.get 0 local.get 0 i64.load16_u offset=512 i64.store32 offset=1288
  local.get 5 local.tee 25 i64.const 2 i64.add local.tee 26 i32.wrap_i64 i64.extend_i32_u local.set 5
  local.get 26 i64.extend32_s local.set 8
  local.get 25 i64.extend32_s local.set 9
  i64.const 2 local.set 10
  i64.const 8781857 local.set 4
  br 0
  unreachable
end
local.get 0 local.get 5 i64.store
local.get 0 local.get 8 i64.store offset=152
local.get 0 local.get 9 i64.store offset=160
local.get 0 local.get 10 i64.store offset=168
local.get 0 local.get 4 i32.wrap_i64 i32.const 4 i32.shr_u i32.const 15 i32.and local.tee 27 local.get 7 local.get 27 i32.const 15 i32.ne select i32.store offset=176
local.get 0 local.get 2 local.get 4 i64.const 15 i64.shr_s i64.add i64.store offset=136
local.get 0 local.get 1 local.get 4 i32.wrap_i64 i32.const 8 i32.shr_u i32.const 127 i32.and i32.add i32.store offset=184
local.get 4 i32.wrap_i64 i32.const 1 i32.and

;; cmpxchg16b
;; 64-bit code at 100: 83c001480fc70b83c002
;; 1 guest instructions, 97 instructions, 200 bytes
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
  local.get 5 local.tee 10 i64.const 1 i64.add local.tee 11 i32.wrap_i64 i64.extend_i32_u local.set 5
  i32.const 2 local.set 6
  local.get 11 i64.extend32_s local.set 7
  local.get 10 i64.extend32_s local.set 8
  i64.const 1 local.set 9
  i64.const 8486945 local.set 4
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
