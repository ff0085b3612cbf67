; Ring 3: system calls, and a program that uses them.

MSR_STAR equ 0xc0000081
MSR_LSTAR equ 0xc0000082
MSR_SFMASK equ 0xc0000084
SYSCALLS equ 4

; SYSCALL enters at 08/10; SYSRET leaves to 28/20 with the requested privilege in the selectors (SDM vol. 3A, 5.8.8).
init_syscall:
  mov ecx, MSR_STAR
  xor eax, eax
  mov edx, 0x001b0008
  wrmsr
  mov ecx, MSR_LSTAR
  mov eax, syscall_entry
  xor edx, edx
  wrmsr
  mov ecx, MSR_SFMASK
  mov eax, 0x700                    ; TF, IF, DF are off in the kernel
  xor edx, edx
  wrmsr
  add qword [count_msr], 3
  ret

; Number in EAX, arguments in RDI and RSI, answer in RAX.
syscall_entry:
  mov [user_rsp], rsp
  mov esp, syscall_stack_top
  push rcx
  push r11
  push rbx
  push rbp
  inc qword [count_syscall]
  cmp eax, SYSCALLS
  jae .unknown
  call [syscall_table + rax * 8]
.leave:
  pop rbp
  pop rbx
  pop r11
  pop rcx
  mov rsp, [user_rsp]
  sysretq
.unknown:
  mov rax, -38                      ; ENOSYS, as everywhere
  jmp .leave

align 8
syscall_table:
  dq sys_exit, sys_write, sys_ticks, sys_level

sys_exit:
  mov eax, edi
  jmp user_leave

; write(address, length): a user's pointer is not believed.
sys_write:
  mov ecx, USER_BASE
  mov edx, USER_STACK + 0x1000
  cmp rdi, rdx
  jb .range
  mov ecx, USER_DEMAND
  mov edx, USER_END
.range:
  cmp rdi, rcx
  jb .refuse
  mov rcx, rdx
  sub rcx, rdi
  jb .refuse
  cmp rsi, rcx
  ja .refuse
  push r12
  mov rbx, rdi
  lea r12, [rdi + rsi]
.next:
  cmp rbx, r12
  je .done
  movzx edi, byte [rbx]
  call putc
  inc rbx
  jmp .next
.done:
  xor eax, eax
  pop r12
  ret
.refuse:
  mov rax, -14                      ; EFAULT
  ret

sys_ticks:
  mov rax, [ticks]
  ret

; How many pages a fault has brought in.
sys_level:
  mov rax, [count_demand]
  ret

; Runs the program from its start; the answer is its exit code.
run_user:
  push rbx
  push rbp
  push r12
  push r13
  push r14
  push r15
  ; Pages of an earlier run are given back.
  xor eax, eax
  mov [demand_next], eax
  mov edi, pt_user + 0x100 * 8
  mov ecx, DEMAND_PAGES
  rep stosq
  mov rax, cr3
  mov cr3, rax
  cli
  mov [saved_rsp], rsp
  push 0x23
  mov eax, USER_STACK + 0x1000
  push rax
  push 0x202                        ; IF
  push 0x2b
  mov eax, USER_BASE
  push rax
  iretq
user_leave:
  mov rsp, [saved_rsp]
  sti
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbp
  pop rbx
  ret

; The program. It is copied to the user's first page, so everything in it is relative.
align 16
user_program:
  lea rdi, [rel user_hello]
  mov esi, user_hello_end - user_hello
  mov eax, 1
  syscall
  ; Pages that do not exist until they are touched.
  mov ebx, USER_DEMAND
  mov ebp, 5
.touch:
  mov [rbx], rbx
  add rbx, 4096
  dec ebp
  jnz .touch
  ; The first of them still has what was written.
  mov ebx, USER_DEMAND
  cmp [rbx], rbx
  jne .wrong
  lea rdi, [rel user_touched]
  mov esi, user_touched_end - user_touched
  mov eax, 1
  syscall
  ; Three ticks of the timer, counted in ring 3: interrupts come and go meanwhile.
  mov eax, 2
  syscall
  lea rbx, [rax + 3]
.wait:
  mov eax, 2
  syscall
  cmp rax, rbx
  jb .wait
  lea rdi, [rel user_waited]
  mov esi, user_waited_end - user_waited
  mov eax, 1
  syscall
  ; A pointer into the kernel is refused; a load from there ends the program.
  mov edi, header
  mov esi, 16
  mov eax, 1
  syscall
  cmp rax, -14
  jne .wrong
  lea rdi, [rel user_refused]
  mov esi, user_refused_end - user_refused
  mov eax, 1
  syscall
  mov eax, header
  mov rax, [rax]
.wrong:
  mov edi, 1
  xor eax, eax
  syscall
user_hello:
  db "  ring 3: hello by SYSCALL\n"
user_hello_end:
user_touched:
  db "  ring 3: touched 5 pages that were not there\n"
user_touched_end:
user_waited:
  db "  ring 3: waited for 3 timer ticks\n"
user_waited_end:
user_refused:
  db "  ring 3: a kernel address was refused; now a load from it\n"
user_refused_end:
user_program_end:
