; The monitor: reads a line, runs a command. With "demo" on the command line it runs all of them and powers off.

PM1_CONTROL equ 0x604               ; PIIX4 power management, ACPI 6.5, 4.8.3.2
SLEEP_S5 equ 0x2000                 ; SLP_EN with SLP_TYP 0
RESET_CONTROL equ 0xcf9

main:
  mov edi, text_banner
  call puts
  call find_demo
  test eax, eax
  jnz demo
.prompt:
  mov edi, text_prompt
  call puts
  call getline
  cmp byte [line], 0
  je .prompt
  call run_line
  jmp .prompt

; Splits the line at its first space and calls the command of that name with the rest in RDI.
run_line:
  push rbx
  push r12
  mov ebx, line
.word:
  movzx eax, byte [rbx]
  test eax, eax
  jz .end
  inc rbx
  cmp eax, " "
  jne .word
  mov byte [rbx - 1], 0
.end:
  mov r12d, commands
.next:
  mov rsi, [r12]
  test rsi, rsi
  jz .unknown
  mov edi, line
  call equal
  test eax, eax
  jnz .found
  add r12, 24
  jmp .next
.found:
  mov rdi, rbx
  call [r12 + 8]
  jmp .done
.unknown:
  mov edi, text_unknown
  mov esi, line
  call printf
.done:
  pop r12
  pop rbx
  ret

; equal(a, b): whether two texts are the same
equal:
  mov al, [rdi]
  cmp al, [rsi]
  jne .no
  inc rdi
  inc rsi
  test al, al
  jnz equal
  mov eax, 1
  ret
.no:
  xor eax, eax
  ret

; Whether the boot command line has the word (any part) "demo". Multiboot 3.3: flags bit 2, address at 16.
find_demo:
  mov ecx, [boot_info]
  test byte [rcx], 4
  jz .no
  mov ecx, [rcx + 16]
.next:
  cmp byte [rcx], 0
  je .no
  cmp dword [rcx], "demo"
  je .yes
  inc ecx
  jmp .next
.yes:
  mov eax, 1
  ret
.no:
  xor eax, eax
  ret

demo:
  mov ebx, demo_commands
.next:
  cmp qword [rbx], 0
  je command_quit
  mov edi, text_demo
  mov rsi, [rbx]
  call printf
  mov edi, text_empty
  call [rbx + 8]
  add rbx, 16
  jmp .next

command_help:
  push rbx
  mov ebx, commands
.next:
  cmp qword [rbx], 0
  je .done
  mov edi, text_help
  mov rsi, [rbx]
  mov rdx, [rbx + 16]
  call printf
  add rbx, 24
  jmp .next
.done:
  pop rbx
  ret

command_quit:
  mov edi, text_quit
  call puts
  mov dx, PM1_CONTROL
  mov ax, SLEEP_S5
  inc qword [count_out]
  out dx, ax
.halt:
  cli
  hlt
  jmp .halt

command_reboot:
  mov dx, RESET_CONTROL
  mov al, 2
  call outb
  mov al, 6
  call outb
  jmp command_quit.halt

command_fault:
  ud2

align 8
; Name, code, help.
commands:
  dq name_help, command_help, help_help
  dq name_cpuid, command_cpuid, help_cpuid
  dq name_pt, command_pt, help_pt
  dq name_mem, command_mem, help_mem
  dq name_timer, command_timer, help_timer
  dq name_user, command_user, help_user
  dq name_exits, command_exits, help_exits
  dq name_counters, command_counters, help_counters
  dq name_fault, command_fault, help_fault
  dq name_reboot, command_reboot, help_reboot
  dq name_quit, command_quit, help_quit
  dq name_poweroff, command_quit, help_quit
  dq 0
demo_commands:
  dq name_cpuid, command_cpuid, name_mem, command_mem, name_pt, command_pt, name_timer, command_timer
  dq name_user, command_user, name_exits, command_exits, name_counters, command_counters
  dq 0

name_help: db "help", 0
help_help: db "this list", 0
name_cpuid: db "cpuid", 0
help_cpuid: db "who the CPU says it is, and every leaf that is not zero", 0
name_pt: db "pt", 0
help_pt: db "walk the page tables; pt ADDRESS for one address, in hexadecimal", 0
name_mem: db "mem", 0
help_mem: db "the memory map that the loader passed", 0
name_timer: db "timer", 0
help_timer: db "wait for 10 ticks, halted, and measure them", 0
name_user: db "user", 0
help_user: db "run a program in ring 3: system calls, demand paging, a forbidden load", 0
name_exits: db "exits", 0
help_exits: db "what leaves to the hypervisor: how often, and what it costs", 0
name_counters: db "counters", 0
help_counters: db "interrupts, exceptions and system calls so far", 0
name_fault: db "fault", 0
help_fault: db "an invalid instruction in the kernel: halts for ever", 0
name_reboot: db "reboot", 0
help_reboot: db "reset through port CF9", 0
name_quit: db "quit", 0
name_poweroff: db "poweroff", 0
help_quit: db "power off through ACPI", 0

text_banner:
  db "\nIsinglass built-in guest: long mode, 4 levels of page tables, timer at 100 Hz.\n", 0
text_prompt:
  db "guest> ", 0
text_demo:
  db "\nguest> %s\n", 0
text_unknown:
  db "no command \"%s\"; help lists them\n", 0
text_help:
  db "  %s: %s\n", 0
text_quit:
  db "powering off\n"
text_empty:
  db 0
