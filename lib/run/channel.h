/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The talk between the runtime ("parent") and the container's process
 * ("child"): one SOCK_SEQPACKET socket, a message a datagram.
 *
 *	parent                            child
 *	  clone3 ------------------------>  (waits)
 *	  its steps: id maps, cgroups
 *	  TURN --------------------------> its steps: mounts, ...
 *	  (waits) <----------------- TURN
 *	  hooks
 *	  TURN --------------------------> ...
 *	                                   execve: the socket closes by itself,
 *	  end of file <------------------- which is the news that all went well
 *
 * ERROR carries the child's struct err at any time; FD carries the terminal's
 * master. Either side sees the other's death as an end of file.
 */
#ifndef NSTOOLS_RUN_CHANNEL_H
#define NSTOOLS_RUN_CHANNEL_H

#include <stdint.h>
#include <sys/types.h>

struct err;

enum channel_kind {
	CHANNEL_END, /* end of file: the other side executed its program or died */
	CHANNEL_TURN,
	CHANNEL_ERROR,
	CHANNEL_FD,
	CHANNEL_PID, /* the stage process tells the pid of the child it cloned */
};

/* A connected pair, close-on-exec. */
int channel_pair(int ends[2], struct err *err);

int channel_send(int channel, enum channel_kind kind, struct err *err);
int channel_send_fd(int channel, enum channel_kind kind, int fd, struct err *err);
/* Tell the other side of a failure; nothing can be done if that fails too. */
void channel_send_error(int channel, const struct err *failure);

/*
 * Wait for the next message. An ERROR's content goes to *failure; *fd is the
 * descriptor of an FD or PID message (close-on-exec, the caller's) or -1.
 * Returns the kind, or -1 with err.
 */
int channel_receive(int channel, int *fd, struct err *failure, struct err *err);

#endif
