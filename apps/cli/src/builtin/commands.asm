; What the monitor's commands show.

; cpuid: vendor, brand, and every leaf that says anything (SDM vol. 2A, CPUID).
command_cpuid:
  push rbx
  push r12
  push r13
  xor eax, eax
  call read_cpuid
  mov r12d, eax
  mov [text_buffer], ebx
  mov [text_buffer + 4], edx
  mov [text_buffer + 8], ecx
  mov byte [text_buffer + 12], 0
  mov edi, text_vendor
  mov esi, text_buffer
  mov edx, r12d
  call printf

  mov r13d, 0x80000002
.brand:
  mov eax, r13d
  call read_cpuid
  mov edi, r13d
  sub edi, 0x80000002
  shl edi, 4
  mov [text_buffer + rdi], eax
  mov [text_buffer + rdi + 4], ebx
  mov [text_buffer + rdi + 8], ecx
  mov [text_buffer + rdi + 12], edx
  inc r13d
  cmp r13d, 0x80000005
  jb .brand
  mov byte [text_buffer + 48], 0
  mov edi, text_brand
  mov esi, text_buffer
  call printf

  xor r13d, r13d
  call .leaves
  mov r13d, 0x80000000
  mov eax, r13d
  call read_cpuid
  mov r12d, eax
  call .leaves
  pop r13
  pop r12
  pop rbx
  ret
.leaves:
  mov eax, r13d
  call read_cpuid
  mov edi, eax
  or edi, ebx
  or edi, ecx
  or edi, edx
  jz .empty
  mov edi, text_leaf
  mov esi, r13d
  mov r9d, edx
  mov r8d, ecx
  mov ecx, ebx
  mov edx, eax
  call printf
.empty:
  inc r13d
  cmp r13d, r12d
  jbe .leaves
  ret

read_cpuid:
  inc qword [count_cpuid]
  xor ecx, ecx
  cpuid
  ret

; pt [address]
command_pt:
  push rbx
  cmp byte [rdi], 0
  je .all
  call parse_hex
  mov rdi, rax
  call walk
  pop rbx
  ret
.all:
  xor ebx, ebx
.next:
  mov edi, [pt_examples + rbx * 4]
  call walk
  inc ebx
  cmp ebx, 4
  jb .next
  pop rbx
  ret

pt_examples:
  dd header, USER_BASE, USER_STACK, LAPIC

; parse_hex(text): the number; stops at the first other character
parse_hex:
  xor eax, eax
.next:
  movzx ecx, byte [rdi]
  inc rdi
  or ecx, 0x20
  sub ecx, "0"
  cmp ecx, 9
  jbe .digit
  sub ecx, "a" - "0"
  cmp ecx, 5
  ja .done
  add ecx, 10
.digit:
  shl rax, 4
  or rax, rcx
  jmp .next
.done:
  ret

; walk(address): the entry of each level down to the page (SDM vol. 3A, 4.5)
walk:
  push rbx
  push r12
  push r13
  push r14
  mov r12, rdi
  mov edi, text_walk
  mov rsi, r12
  call printf
  mov rbx, cr3
  mov r13d, 39                      ; lowest address bit that the level looks at
  mov r14d, level_names
.level:
  mov rax, ~0xfff & 0xfffffffffffff
  and rbx, rax
  mov ecx, r13d
  mov rdx, r12
  shr rdx, cl
  and edx, 511
  lea rcx, [rbx + rdx * 8]
  mov rbx, [rcx]
  mov edi, text_entry
  mov rsi, r14
  mov r8, rbx
  call printf
  mov rdi, rbx
  call print_flags
  test bl, PTE_P
  jz .done
  cmp r13d, 12
  je .page
  cmp r13d, 39
  je .deeper
  test bl, PTE_LARGE
  jnz .page
.deeper:
  sub r13d, 9
  add r14, 5
  jmp .level
.page:
  ; The frame's bits from the entry, the rest from the address.
  mov eax, 1
  mov ecx, r13d
  shl rax, cl
  dec rax
  mov rdx, r12
  and rdx, rax
  not rax
  mov rcx, 0xffffffffff000
  and rbx, rcx
  and rbx, rax
  lea rsi, [rbx + rdx]
  mov edi, text_physical
  call printf
.done:
  pop r14
  pop r13
  pop r12
  pop rbx
  ret

; print_flags(entry): a letter for each bit that is set
print_flags:
  push rbx
  push r12
  mov rbx, rdi
  xor r12d, r12d
.next:
  bt rbx, r12
  jnc .skip
  movzx edi, byte [flag_letters + r12]
  call putc
.skip:
  inc r12d
  cmp r12d, 9
  jb .next
  test rbx, rbx
  jns .done
  mov edi, text_nx
  call puts
.done:
  mov edi, 10
  call putc
  pop r12
  pop rbx
  ret

; mem: Multiboot 3.3, flags bit 6: length and address of the map at 44; each entry has its own size before it.
command_mem:
  push rbx
  push r12
  mov eax, [boot_info]
  test byte [rax], 0x40
  jz .done
  mov ebx, [rax + 48]
  mov r12d, [rax + 44]
  add r12, rbx
.next:
  cmp rbx, r12
  jae .done
  mov rsi, [rbx + 4]
  mov rdx, [rbx + 12]
  lea rdx, [rsi + rdx - 1]
  mov ecx, text_reserved
  mov eax, text_ram
  cmp dword [rbx + 20], 1
  cmove ecx, eax
  mov edi, text_region
  call printf
  mov eax, [rbx]
  lea rbx, [rbx + rax + 4]
  jmp .next
.done:
  pop r12
  pop rbx
  ret

; timer: ten ticks from an edge to an edge
command_timer:
  push rbx
  push r12
  call next_tick
  rdtsc
  shl rdx, 32
  lea rbx, [rax + rdx]
  mov r12d, 10
.next:
  call next_tick
  dec r12d
  jnz .next
  rdtsc
  shl rdx, 32
  or rax, rdx
  sub rax, rbx
  mov edi, text_timer
  mov rsi, [ticks]
  mov rdx, rax
  call printf
  pop r12
  pop rbx
  ret

; Sleeps until the timer has ticked.
next_tick:
  mov rax, [ticks]
.wait:
  cli
  cmp rax, [ticks]
  jne .done
  inc qword [count_hlt]
  sti
  hlt
  jmp .wait
.done:
  sti
  ret

command_user:
  call run_user
  movsxd rsi, eax
  neg rsi
  mov edi, text_user_result
  mov rdx, [count_demand]
  jmp printf

; counters: every vector that came, and system calls
command_counters:
  push rbx
  xor ebx, ebx
.next:
  mov rdx, [count_vector + rbx * 8]
  test rdx, rdx
  jz .skip
  mov edi, text_vector
  mov esi, ebx
  call printf
.skip:
  inc ebx
  cmp ebx, VECTORS
  jb .next
  mov edi, text_counts
  mov rsi, [count_syscall]
  mov rdx, [count_demand]
  call printf
  pop rbx
  ret

; exits: each kind a hundred times between two readings of the time-stamp counter
EXIT_ROUNDS equ 100
command_exits:
  push rbx
  push r12
  push r13
  mov ebx, exit_kinds
.next:
  cmp qword [rbx], 0
  je .done
  mov r13d, EXIT_ROUNDS
  rdtsc
  shl rdx, 32
  lea r12, [rax + rdx]
.round:
  push rbx
  call [rbx + 8]
  pop rbx
  dec r13d
  jnz .round
  rdtsc
  shl rdx, 32
  or rax, rdx
  sub rax, r12
  xor edx, edx
  mov ecx, EXIT_ROUNDS
  div rcx
  mov rcx, [rbx + 16]
  mov rdx, [rcx]
  mov rcx, rax
  mov edi, text_exit
  mov rsi, [rbx]
  call printf
  add rbx, 24
  jmp .next
.done:
  pop r13
  pop r12
  pop rbx
  mov edi, text_halts
  mov rsi, [count_hlt]
  jmp printf

exit_port_out:
  mov dx, 0x80
  jmp outb
exit_port_in:
  mov dx, COM1 + 7
  jmp inb
exit_mmio:
  inc qword [count_mmio]
  mov eax, LAPIC + 0x30
  mov eax, [rax]
  ret
exit_cpuid:
  xor eax, eax
  jmp read_cpuid
exit_msr:
  inc qword [count_msr]
  mov ecx, MSR_STAR
  rdmsr
  ret

align 8
; Name, code, counter.
exit_kinds:
  dq text_port_out, exit_port_out, count_out
  dq text_port_in, exit_port_in, count_in
  dq text_mmio, exit_mmio, count_mmio
  dq text_cpuid, exit_cpuid, count_cpuid
  dq text_msr, exit_msr, count_msr
  dq 0

text_vendor: db "  vendor %s, leaves up to %d\n", 0
text_brand: db "  brand  %s\n", 0
text_leaf: db "  %w: eax %w ebx %w ecx %w edx %w\n", 0
text_walk: db "  address %x\n", 0
level_names: db "PML4", 0, "PDPT", 0, "PD  ", 0, "PT  ", 0
text_entry: db "    %s index %D at %w: %x ", 0
text_physical: db "    physical %x\n", 0
flag_letters: db "PWUTCADLG"
text_nx: db " NX", 0
text_region: db "  %x to %x %s\n", 0
text_ram: db "RAM", 0
text_reserved: db "reserved", 0
text_timer: db "  tick %d; ten ticks took %d cycles of the TSC\n", 0
text_user_result: db "  the program ended with -%d; pages by demand so far: %d\n", 0
text_vector: db "  vector %d: %d\n", 0
text_counts: db "  system calls: %d\n  pages by demand: %d\n", 0
text_exit: db "  %s: %D so far, %D cycles each\n", 0
text_halts: db "  HLT        : %D so far\n", 0
text_port_out: db "port write ", 0
text_port_in: db "port read  ", 0
text_mmio: db "MMIO read  ", 0
text_cpuid: db "CPUID      ", 0
text_msr: db "RDMSR      ", 0
