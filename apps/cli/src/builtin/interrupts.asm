; Exceptions and interrupts. The stubs and the IDT's gates come from guest.ts: each stub pushes an error code where the CPU does
; not, and its vector.

PIC1 equ 0x20
PIC2 equ 0xa0
PIC_EOI equ 0x20
IRQ_BASE equ 0x20
TIMER_HZ equ 100
PIT_HZ equ 1193182

; The frame that the handlers see, from the stack's top.
FRAME_RAX equ 112
FRAME_VECTOR equ 120
FRAME_ERROR equ 128
FRAME_RIP equ 136
FRAME_CS equ 144
FRAME_RFLAGS equ 152
FRAME_RSP equ 160

interrupt_common:
  push rax
  push rcx
  push rdx
  push rbx
  push rbp
  push rsi
  push rdi
  push r8
  push r9
  push r10
  push r11
  push r12
  push r13
  push r14
  push r15
  cld
  mov rbp, rsp
  mov rax, [rbp + FRAME_VECTOR]
  inc qword [count_vector + rax * 8]
  cmp eax, 14
  je page_fault
  cmp eax, IRQ_BASE
  jb exception
  cmp eax, IRQ_BASE
  jne .not_timer
  inc qword [ticks]
  jmp .acknowledge
.not_timer:
  cmp eax, IRQ_BASE + 4
  jne .acknowledge
  call serial_interrupt
.acknowledge:
  mov dx, PIC1
  mov al, PIC_EOI
  call outb
interrupt_return:
  pop r15
  pop r14
  pop r13
  pop r12
  pop r11
  pop r10
  pop r9
  pop r8
  pop rdi
  pop rsi
  pop rbp
  pop rbx
  pop rdx
  pop rcx
  pop rax
  add rsp, 16
  iretq

; A page that is not present, in the range that is filled by demand: give it a frame and go on. Anything else is a mistake of the
; program that made it.
page_fault:
  mov rax, cr2
  test byte [rbp + FRAME_ERROR], 1
  jnz exception
  mov ecx, USER_DEMAND
  cmp rax, rcx
  jb exception
  cmp rax, USER_END
  jae exception
  mov ebx, [demand_next]
  cmp ebx, DEMAND_PAGES
  jae exception
  inc dword [demand_next]
  inc qword [count_demand]
  shl ebx, 12
  add ebx, demand_frames
  or ebx, PTE_P + PTE_W + PTE_U
  shr eax, 12
  and eax, 511
  mov [pt_user + rax * 8], ebx
  mov dword [pt_user + rax * 8 + 4], 0x80000000 ; NX
  jmp interrupt_return

exception:
  mov edi, text_exception
  mov rsi, [rbp + FRAME_VECTOR]
  mov rdx, [rbp + FRAME_ERROR]
  mov rcx, [rbp + FRAME_RIP]
  mov r8, cr2
  call printf
  test byte [rbp + FRAME_CS], 3
  jz panic
  mov edi, text_user_ended
  call puts
  mov eax, -1
  jmp user_leave
panic:
  mov edi, text_panic
  call puts
.halt:
  cli
  hlt
  jmp .halt

; Both PICs to vectors 20-2F (8259A: ICW1 to ICW4), all masked but timer and serial line; the PIT's channel 0 as rate generator.
init_timer:
  push rbx
  xor ebx, ebx
.step:
  movzx edx, byte [pic_set_up + rbx]
  mov al, [pic_set_up + rbx + 1]
  call outb
  add ebx, 2
  cmp ebx, pic_set_up_end - pic_set_up
  jb .step
  pop rbx
  ret

pic_set_up:
  db PIC1, 0x11, PIC2, 0x11
  db PIC1 + 1, IRQ_BASE, PIC2 + 1, IRQ_BASE + 8
  db PIC1 + 1, 4, PIC2 + 1, 2
  db PIC1 + 1, 1, PIC2 + 1, 1
  db PIC1 + 1, 0xee, PIC2 + 1, 0xff
  db 0x43, 0x34, 0x40, (PIT_HZ / TIMER_HZ) & 255, 0x40, (PIT_HZ / TIMER_HZ) >> 8
pic_set_up_end:

text_exception:
  db "  exception %d, error code %d, at %x, CR2 %x\n", 0
text_user_ended:
  db "  the user's program is ended; the kernel goes on\n", 0
text_panic:
  db "  in the kernel: halted\n", 0
