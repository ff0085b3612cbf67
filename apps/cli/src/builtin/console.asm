; Serial line and printing. Arguments in RDI, RSI, RDX, RCX, R8, R9; RBX, RBP, R12-R15 are preserved.

COM1 equ 0x3f8
IER_RECEIVED equ 1
LSR_READY equ 1
LSR_EMPTY equ 0x20

; Every access to a port goes through these two: each is an exit to the hypervisor, and the guest keeps count.
; DX = port, AL = value.
outb:
  inc qword [count_out]
  out dx, al
  ret
inb:
  inc qword [count_in]
  in al, dx
  ret

init_serial:
  mov dx, COM1 + 3
  mov al, 0x03                      ; 8 bits, no parity
  call outb
  mov dx, COM1 + 2
  mov al, 0x07                      ; FIFOs on and empty, interrupt at each byte
  call outb
  mov dx, COM1 + 4
  mov al, 0x0b                      ; DTR, RTS, OUT2: the interrupt's gate
  call outb
  mov dx, COM1 + 1
  mov al, IER_RECEIVED
  jmp outb

; putc(byte): a line feed gets its carriage return.
putc:
  cmp dil, 10
  jne .byte
  push rdi
  mov edi, 13
  call .byte
  pop rdi
.byte:
  mov dx, COM1 + 5
.wait:
  call inb
  test al, LSR_EMPTY
  jz .wait
  mov dx, COM1
  mov eax, edi
  jmp outb

; puts(text)
puts:
  push rbx
  mov rbx, rdi
.next:
  movzx edi, byte [rbx]
  test edi, edi
  jz .done
  call putc
  inc rbx
  jmp .next
.done:
  pop rbx
  ret

; hex(value, digits)
hex:
  push rbx
  push r12
  mov rbx, rdi
  lea ecx, [rsi * 4]
  mov r12d, ecx
.next:
  sub r12d, 4
  mov rdi, rbx
  mov ecx, r12d
  shr rdi, cl
  and edi, 15
  movzx edi, byte [hex_digits + rdi]
  call putc
  test r12d, r12d
  jnz .next
  pop r12
  pop rbx
  ret

; dec(value, width): right-aligned in so many columns.
dec_number:
  push rbx
  push r12
  sub rsp, 24
  mov r12d, esi
  lea rbx, [rsp + 23]
  mov byte [rbx], 0
  mov rax, rdi
  mov ecx, 10
.digit:
  xor edx, edx
  div rcx
  add dl, "0"
  dec rbx
  dec r12d
  mov [rbx], dl
  test rax, rax
  jnz .digit
.pad:
  dec r12d
  js .print
  mov edi, " "
  call putc
  jmp .pad
.print:
  mov rdi, rbx
  call puts
  add rsp, 24
  pop r12
  pop rbx
  ret

; printf(format, five arguments): %s text, %c byte, %d number, %D number in 12 columns, %w 8 hexadecimal digits, %x 16 of them.
printf:
  push rbx
  push r12
  push r9
  push r8
  push rcx
  push rdx
  push rsi
  mov rbx, rdi
  xor r12d, r12d
.next:
  movzx edi, byte [rbx]
  inc rbx
  test edi, edi
  jz .done
  cmp edi, "%"
  je .format
  call putc
  jmp .next
.format:
  movzx eax, byte [rbx]
  inc rbx
  mov rdi, [rsp + r12 * 8]
  inc r12d
  mov ecx, .next
  push rcx                          ; where the printing functions return to
  xor esi, esi
  cmp al, "s"
  je puts
  cmp al, "c"
  je putc
  cmp al, "d"
  je dec_number
  mov esi, 12
  cmp al, "D"
  je dec_number
  mov esi, 8
  cmp al, "w"
  je hex
  mov esi, 16
  jmp hex
.done:
  add rsp, 40
  pop r12
  pop rbx
  ret

; The receiver's interrupt: bytes go to a ring; what does not fit is lost.
serial_interrupt:
  mov dx, COM1 + 5
  call inb
  test al, LSR_READY
  jz .done
  mov dx, COM1
  call inb
  mov ecx, [input_head]
  lea edx, [rcx + 1]
  and edx, 255
  cmp edx, [input_tail]
  je serial_interrupt
  mov [input_ring + rcx], al
  mov [input_head], edx
  jmp serial_interrupt
.done:
  ret

; getc: waits, halted, for a byte.
getc:
  cli
  mov ecx, [input_tail]
  cmp ecx, [input_head]
  jne .take
  inc qword [count_hlt]
  sti                               ; takes effect after the next instruction: no interrupt is lost in between
  hlt
  jmp getc
.take:
  movzx eax, byte [input_ring + rcx]
  inc ecx
  and ecx, 255
  mov [input_tail], ecx
  sti
  ret

; getline: reads a line into `line`, with echo, backspace and Ctrl-C or Ctrl-U to begin again.
getline:
  push rbx
  xor ebx, ebx
.next:
  call getc
  cmp al, 13
  je .done
  cmp al, 10
  je .done
  cmp al, 8
  je .back
  cmp al, 127
  je .back
  cmp al, 3
  je .clear
  cmp al, 21
  je .clear
  cmp al, " "
  jb .next
  cmp ebx, LINE_LENGTH - 1
  jae .next
  mov [line + rbx], al
  inc ebx
  mov edi, eax
  call putc
  jmp .next
.back:
  test ebx, ebx
  jz .next
  dec ebx
  mov edi, text_erase
  call puts
  jmp .next
.clear:
  test ebx, ebx
  jz .next
  dec ebx
  mov edi, text_erase
  call puts
  jmp .clear
.done:
  mov byte [line + rbx], 0
  mov edi, 10
  call putc
  pop rbx
  ret

hex_digits:
  db "0123456789abcdef"
text_erase:
  db 8, " ", 8, 0
align 8
input_head:
  dd 0
input_tail:
  dd 0
