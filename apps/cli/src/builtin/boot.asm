; Entry. Multiboot (specification 0.6.96) enters in flat 32-bit mode with EBX at its information; from there to long mode.

bits 32

; Header with addresses (3.1.3): the image is flat, so that no ELF file is needed.
MULTIBOOT_MAGIC equ 0x1badb002
MULTIBOOT_FLAGS equ 0x00010003      ; addresses valid, memory information wanted
header:
  dd MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
  dd header, header, image_end, bss_end, entry

; Page table entries (SDM vol. 3A, 4.5).
PTE_P equ 1
PTE_W equ 2
PTE_U equ 4
PTE_UNCACHED equ 0x18
PTE_LARGE equ 0x80
PTE_GLOBAL equ 0x100

LAPIC equ 0xfee00000
USER_BASE equ 0x40000000            ; the second GiB is the user's
USER_STACK equ USER_BASE + 0x1000
USER_DEMAND equ USER_BASE + 0x100000 ; pages that a fault brings in
DEMAND_PAGES equ 16
USER_END equ USER_DEMAND + DEMAND_PAGES * 4096

entry:
  cli
  cld
  mov [boot_info], ebx
  mov edi, image_end
  mov ecx, bss_end - image_end
  xor eax, eax
  rep stosb
  mov esp, kernel_stack_top

  ; Only the user's GiB has U set below the top: ring 3 reaches nothing else.
  mov dword [pml4], pdpt + PTE_P + PTE_W + PTE_U
  mov dword [pdpt], pd_low + PTE_P + PTE_W
  mov dword [pdpt + 8], pd_user + PTE_P + PTE_W + PTE_U
  mov dword [pdpt + 24], pd_high + PTE_P + PTE_W
  mov dword [pd_user], pt_user + PTE_P + PTE_W + PTE_U
  mov dword [pd_high + ((LAPIC >> 21) & 511) * 8], LAPIC + PTE_P + PTE_W + PTE_UNCACHED + PTE_LARGE

  ; The first GiB: 512 pages of 2 MiB, virtual = physical.
  mov edi, pd_low
  mov eax, PTE_P + PTE_W + PTE_LARGE + PTE_GLOBAL
.large:
  mov [edi], eax
  add edi, 8
  add eax, 0x200000
  cmp edi, pd_low + 4096
  jb .large

  mov eax, cr4
  or eax, 0xa0                      ; PAE, PGE
  mov cr4, eax
  mov eax, pml4
  mov cr3, eax
  mov ecx, 0xc0000080               ; EFER
  rdmsr
  or eax, 0x901                     ; NXE, LME, SCE
  wrmsr
  mov eax, cr0
  or eax, 0x80010001                ; PG, WP, PE
  mov cr0, eax
  lgdt [gdtr]
  jmp 0x08:long_mode

bits 64
long_mode:
  mov eax, 0x10
  mov ds, eax
  mov es, eax
  mov ss, eax
  xor eax, eax
  mov fs, eax
  mov gs, eax
  mov esp, kernel_stack_top

  ; The base of the TSS descriptor is in pieces that the assembler's data cannot express.
  mov eax, tss
  mov [gdt_tss + 2], ax
  shr eax, 16
  mov [gdt_tss + 4], al
  mov [gdt_tss + 7], ah
  mov eax, 0x30
  ltr ax
  lidt [idtr]

  call map_user
  call init_syscall
  call init_serial
  call init_timer
  sti
  jmp main

; Page tables of the user's program: code read-only, stack writable and not executable, the rest by demand.
map_user:
  mov dword [pt_user], user_code_page + PTE_P + PTE_U
  mov dword [pt_user + 8], user_stack_page + PTE_P + PTE_W + PTE_U
  mov dword [pt_user + 12], 0x80000000 ; NX, bit 63
  mov esi, user_program
  mov edi, user_code_page
  mov ecx, user_program_end - user_program
  rep movsb
  ret

align 8
gdt:
  dq 0
  dq 0x00af9b000000ffff             ; 08 kernel code, 64-bit
  dq 0x00cf93000000ffff             ; 10 kernel data
  dq 0x00cffb000000ffff             ; 18 user code, 32-bit: SYSRET counts from here
  dq 0x00cff3000000ffff             ; 20 user data
  dq 0x00affb000000ffff             ; 28 user code, 64-bit
gdt_tss:
  dw 103, 0
  db 0, 0x89, 0, 0
  dq 0
gdt_end:
gdtr:
  dw gdt_end - gdt - 1
  dq gdt

; 64-bit TSS (SDM vol. 3A, 8.7): the stack for interrupts from ring 3, and one of its own for double faults.
align 16
tss:
  dd 0
  dq interrupt_stack_top            ; RSP0
  dq 0, 0, 0
  dq fault_stack_top                ; IST1
  dq 0, 0, 0, 0, 0, 0, 0
  dw 0, 104                         ; no I/O bitmap

boot_info:
  dq 0
