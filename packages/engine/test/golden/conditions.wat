;; cmp and jo
;; 64-bit code at 100: 39c87005ba01000000bb02000000
;; 4 guest instructions, 95 instructions, 191 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.xor local.get 9 local.get 6 i64.xor i64.and i64.const 63 i64.shr_u i32.wrap_i64 i32.const 11 i32.shl i32.const 2048 i32.and i32.const 0 i32.ne i32.const 0 i32.xor if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jno
;; 64-bit code at 100: 39c87105ba01000000bb02000000
;; 4 guest instructions, 94 instructions, 189 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.xor local.get 9 local.get 6 i64.xor i64.and i64.const 63 i64.shr_u i32.wrap_i64 i32.const 11 i32.shl i32.const 2048 i32.and i32.const 0 i32.ne i32.eqz if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jb
;; 64-bit code at 100: 39c87205ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.lt_u if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jae
;; 64-bit code at 100: 39c87305ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.ge_u if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and je
;; 64-bit code at 100: 39c87405ba01000000bb02000000
;; 4 guest instructions, 79 instructions, 166 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 6 i64.eqz if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jne
;; 64-bit code at 100: 39c87505ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 6 i64.const 0 i64.ne if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jbe
;; 64-bit code at 100: 39c87605ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.le_u if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and ja
;; 64-bit code at 100: 39c87705ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.gt_u if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and js
;; 64-bit code at 100: 39c87805ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 6 i64.const 0 i64.lt_s if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jns
;; 64-bit code at 100: 39c87905ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 6 i64.const 0 i64.ge_s if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jp
;; 64-bit code at 100: 39c87a05ba01000000bb02000000
;; 4 guest instructions, 87 instructions, 178 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 6 i32.wrap_i64 i32.const 255 i32.and i32.popcnt i32.const 1 i32.and i32.eqz i32.const 0 i32.xor if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jnp
;; 64-bit code at 100: 39c87b05ba01000000bb02000000
;; 4 guest instructions, 86 instructions, 176 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 6 i32.wrap_i64 i32.const 255 i32.and i32.popcnt i32.const 1 i32.and i32.eqz i32.eqz if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jl
;; 64-bit code at 100: 39c87c05ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.lt_s if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jge
;; 64-bit code at 100: 39c87d05ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.ge_s if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jle
;; 64-bit code at 100: 39c87e05ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.le_s if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; cmp and jg
;; 64-bit code at 100: 39c87f05ba01000000bb02000000
;; 4 guest instructions, 80 instructions, 168 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 4 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.gt_s if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8847601 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub and sete
;; 64-bit code at 100: 4829c80f94c2
;; 2 guest instructions, 70 instructions, 152 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.sub local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 9 local.tee 12 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=16 local.tee 13 i64.const -256 i64.and local.get 10 i64.eqz i64.extend_i32_u i64.const 255 i64.and i64.or local.tee 13 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub and setb
;; 64-bit code at 100: 4829c80f92c2
;; 2 guest instructions, 71 instructions, 154 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.sub local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 9 local.tee 12 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=16 local.tee 13 i64.const -256 i64.and local.get 11 local.get 12 i64.lt_u i64.extend_i32_u i64.const 255 i64.and i64.or local.tee 13 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub and setl
;; 64-bit code at 100: 4829c80f9cc2
;; 2 guest instructions, 71 instructions, 154 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.sub local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 9 local.tee 12 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=16 local.tee 13 i64.const -256 i64.and local.get 11 local.get 12 i64.lt_s i64.extend_i32_u i64.const 255 i64.and i64.or local.tee 13 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; sub and sets
;; 64-bit code at 100: 4829c80f98c2
;; 2 guest instructions, 71 instructions, 154 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.sub local.set 8
  local.get 0 local.get 8 local.tee 7 i64.store
  i32.const 1 local.set 5
  local.get 0 local.get 8 local.tee 10 i64.store offset=152
  local.get 0 local.get 6 local.tee 11 i64.store offset=160
  local.get 0 local.get 9 local.tee 12 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=16 local.tee 13 i64.const -256 i64.and local.get 10 i64.const 0 i64.lt_s i64.extend_i32_u i64.const 255 i64.and i64.or local.tee 13 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; test and cmovne
;; 64-bit code at 100: 85c0480f45d1
;; 2 guest instructions, 61 instructions, 134 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=8 local.tee 12 local.get 0 i64.load offset=16 local.tee 11 local.get 8 i64.const 0 i64.ne select local.tee 11 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; test and cmovae
;; 64-bit code at 100: 85c0480f43d1
;; 2 guest instructions, 61 instructions, 134 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=8 local.tee 12 local.get 0 i64.load offset=16 local.tee 11 local.get 9 i64.const 0 i64.ge_u select local.tee 11 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; test and cmovg
;; 64-bit code at 100: 85c0480f4fd1
;; 2 guest instructions, 61 instructions, 134 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 2 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 2 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 i64.extend32_s local.set 6
  i32.const 1 local.set 5
  local.get 0 local.get 6 local.tee 8 i64.store offset=152
  local.get 0 local.get 6 local.tee 9 i64.store offset=160
  local.get 0 i64.const 0 local.tee 10 i64.store offset=168
  local.get 0 local.get 0 i64.load offset=8 local.tee 12 local.get 0 i64.load offset=16 local.tee 11 local.get 9 i64.const 0 i64.gt_s select local.tee 11 i64.store offset=16
  i64.const 8585233 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; flags that nobody set in the region
;; 64-bit code at 100: 7405b801000000b902000000
;; 3 guest instructions, 81 instructions, 165 bytes
(local i64 i32 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    i32.const 0 local.set 6
    local.get 5 i32.const 1 i32.eq if
      local.get 0 i64.load offset=152 local.tee 7 i64.eqz local.set 6
    else
      local.get 0 local.get 5 i32.store offset=176
      local.get 0 call $status-flags local.tee 8 i32.const 64 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 6
    end
    local.get 6 if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 9 i64.store
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 10 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8782065 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; dec, which keeps the carry, and a branch on it
;; 64-bit code at 100: 01c8ffca7205b801000000b902000000
;; 5 guest instructions, 125 instructions, 248 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 3 i32.sub local.set 1
    local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.add local.set 8
    local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
    local.get 8 i64.extend32_s local.set 10
    local.get 6 i64.extend32_s local.set 11
    local.get 9 i64.extend32_s local.set 12
    local.get 0 i64.load offset=16 local.tee 14 local.set 13
    local.get 10 local.set 15
    local.get 11 local.set 16
    local.get 13 i64.const -1 i64.add local.set 17
    local.get 0 local.get 17 i32.wrap_i64 i64.extend_i32_u local.tee 14 i64.store offset=16
    i32.const 6 local.set 5
    local.get 0 local.get 17 i64.extend32_s local.tee 10 i64.store offset=152
    local.get 0 local.get 13 i64.extend32_s local.tee 11 i64.store offset=160
    local.get 0 local.get 15 local.get 16 i64.lt_u i32.const 0 i32.xor i64.extend_i32_u local.tee 12 i64.store offset=168
    local.get 12 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 7 i64.store
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 9 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8913137 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; two branches on one comparison
;; 64-bit code at 100: 39c872077405ba01000000bb02000000
;; 5 guest instructions, 89 instructions, 183 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 5 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 2 i32.sub local.set 1
    i32.const 1 local.set 5
    local.get 0 local.get 0 i64.load local.tee 7 local.get 0 i64.load offset=8 local.tee 8 i64.sub i64.extend32_s local.tee 6 i64.store offset=152
    local.get 0 local.get 7 i64.extend32_s local.tee 9 i64.store offset=160
    local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=168
    local.get 9 local.get 10 i64.lt_u if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 6 i64.eqz if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 11 i64.store offset=16
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 12 i64.store offset=24
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8913137 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; pushfq and popfq
;; 64-bit code at 100: 01c89c9d
;; 3 guest instructions, 206 instructions, 407 bytes
(local i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 3 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 3 i32.sub local.set 1
  local.get 0 i64.load local.tee 7 local.tee 6 local.get 0 i64.load offset=8 local.tee 9 i64.add local.set 8
  local.get 0 local.get 8 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  i32.const 2 local.set 5
  local.get 0 local.get 8 i64.extend32_s local.tee 10 i64.store offset=152
  local.get 0 local.get 6 i64.extend32_s local.tee 11 i64.store offset=160
  local.get 0 local.get 9 i64.extend32_s local.tee 12 i64.store offset=168
  local.get 0 i64.load offset=32 local.tee 14 i64.const -8 i64.add local.tee 13 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 15
  local.get 13 local.get 15 i64.load offset=8 i64.sub local.tee 16 i64.const 4088 i64.gt_u if
    i64.const 8454689 local.set 4
    br 1
  end
  local.get 16 i32.wrap_i64 local.get 15 i32.load offset=24 i32.add local.get 0 i32.load offset=180 i32.const -196609 i32.and i32.const 64 i32.const 0 local.get 10 i64.eqz select i32.const 128 i32.const 0 local.get 10 i64.const 0 i64.lt_s select i32.or i32.const 4 i32.const 0 local.get 10 i32.wrap_i64 i32.const 255 i32.and i32.popcnt i32.const 1 i32.and i32.eqz select i32.or local.get 11 local.get 12 i64.xor local.get 10 i64.xor i32.wrap_i64 i32.const 16 i32.and i32.or local.get 10 local.get 11 i64.lt_u i32.or local.get 11 local.get 10 i64.xor local.get 12 local.get 10 i64.xor i64.and i64.const 63 i64.shr_u i32.wrap_i64 i32.const 11 i32.shl i32.or i32.or i32.const 2 i32.or i64.extend_i32_u i64.store
  local.get 0 local.get 13 local.tee 14 i64.store offset=32
  local.get 14 i32.wrap_i64 i32.const 7 i32.shr_u i32.const 131040 i32.and local.get 3 i32.add local.set 17
  local.get 14 local.get 17 i64.load i64.sub local.tee 18 i64.const 4088 i64.gt_u if
    i64.const 8487201 local.set 4
    br 1
  end
  local.get 18 i32.wrap_i64 local.get 17 i32.load offset=24 i32.add i64.load local.set 19
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 local.get 1 local.get 2 i64.const 8487152 i32.const 513 local.get 19 i32.wrap_i64 i32.const 64 call $region-assisted local.set 4
  local.get 0 i32.load offset=176 local.set 5
  local.get 4 i64.const 0 i64.ne br_if 0
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8519921 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; lahf, sahf, cmc, stc, clc
;; 64-bit code at 100: 9ff59ef983d000f8
;; 6 guest instructions, 134 instructions, 263 bytes
(local i64 i32 i32 i64 i32 i64 i64 i32 i64 i64 i64 i32)
local.get 0 i32.load offset=176 local.set 5
block
  local.get 1 i32.const 6 i32.lt_s if
    local.get 0 local.get 5 i32.store offset=176
    i64.const 8388849 local.get 1 return
  end
  local.get 1 i32.const 6 i32.sub local.set 1
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 6
  local.get 0 i64.load local.tee 7 i64.const -65281 i64.and local.get 6 i32.const 2 i32.or i64.extend_i32_u i64.const 255 i64.and i64.const 8 i64.shl i64.or local.set 7
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.tee 8 i32.const 1 i32.xor i64.extend_i32_u local.set 9
  local.get 7 local.set 10
  local.get 9 i32.wrap_i64 i32.const 2048 i32.and local.get 10 i64.const 8 i64.shr_u i64.const 255 i64.and i32.wrap_i64 i32.const 213 i32.and i32.or i64.extend_i32_u local.tee 9 i32.wrap_i64 i32.const 1 i32.or i64.extend_i32_u local.tee 9 i32.wrap_i64 i32.const 1 i32.and i32.const 0 i32.ne i32.const 0 i32.xor local.set 11
  local.get 10 local.get 11 i64.extend_i32_u i64.add local.set 12
  local.get 0 local.get 12 i32.wrap_i64 i64.extend_i32_u local.tee 7 i64.store
  local.get 11 i32.const 2 i32.add local.set 5
  local.get 0 local.get 12 i64.extend32_s local.tee 13 i64.store offset=152
  local.get 0 local.get 10 i64.extend32_s local.tee 14 i64.store offset=160
  local.get 0 i64.const 0 local.tee 9 i64.store offset=168
  local.get 0 local.get 5 i32.store offset=176
  local.get 0 call $status-flags local.set 15
  i32.const 0 local.set 5
  local.get 0 local.get 15 i32.const -2 i32.and i64.extend_i32_u local.tee 9 i64.store offset=168
  i64.const 8650753 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1

;; jrcxz
;; 64-bit code at 100: e305b801000000b902000000
;; 3 guest instructions, 58 instructions, 121 bytes
(local i64 i32 i64 i64)
local.get 0 i32.load offset=176 local.set 5
block
  block
    local.get 1 i32.const 3 i32.lt_s if
      local.get 0 local.get 5 i32.store offset=176
      i64.const 8388849 local.get 1 return
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.load offset=8 local.tee 6 i64.eqz if
      br 1
    end
    local.get 1 i32.const 1 i32.sub local.set 1
    local.get 0 i64.const 1 local.tee 7 i64.store
    br 0
  end
  local.get 1 i32.const 1 i32.sub local.set 1
  local.get 0 i64.const 2 local.tee 6 i64.store offset=8
  local.get 0 local.get 5 i32.store offset=176
  i64.const 8782065 local.get 1 return
  unreachable
end
local.get 0 local.get 5 i32.store offset=176
local.get 4 local.get 1
