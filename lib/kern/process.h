/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small attributes of the calling process. Each is one system call, and runs in the child. */
#ifndef NSTOOLS_KERN_PROCESS_H
#define NSTOOLS_KERN_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

struct err;

/* setsid(2). Already the leader of a session is no error. */
int kern_process_session(struct err *err);

/* personality(2): PER_LINUX, PER_LINUX32. Before a seccomp filter that may refuse it. */
int kern_process_personality(unsigned long persona, struct err *err);

/* PR_SET_NO_NEW_PRIVS: for good. */
int kern_process_no_new_privs(struct err *err);

/*
 * PR_SET_PDEATHSIG: the signal sent to us when our parent's thread dies; 0
 * clears it. After the last change of ids, which clears it.
 */
int kern_process_death_signal(int signal, struct err *err);

/*
 * PR_SET_DUMPABLE: false keeps /proc/PID/{exe,fd,mem,...} and ptrace from all
 * without CAP_SYS_PTRACE. It also gives the files of /proc/PID to the root of
 * the user namespace we were executed in: a child in a new user namespace then
 * cannot write its own oom_score_adj and timens_offsets (EACCES; attr/exec it
 * can), nor an unprivileged parent the child's setgroups, uid_map and gid_map.
 * A privileged parent writes them, or the child is dumpable for that time.
 */
int kern_process_dumpable(bool dumpable, struct err *err);

/* PR_SET_CHILD_SUBREAPER: orphans below us become our children. */
int kern_process_subreaper(bool on, struct err *err);

/*
 * Has the execve of this program given it rights that its caller has not: a
 * set-uid or set-gid bit, or file capabilities? AT_SECURE of getauxval(3) alone
 * is not that: AppArmor's and SELinux's transitions set it too.
 */
bool kern_process_is_elevated(void);

#endif
