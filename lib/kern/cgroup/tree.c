/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups below one, with their paths. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"
#include "kern/cgroup/tree.h"

struct tree {
	struct kern_cgroup below;
	struct strbuf path;
	int (*visit)(const struct kern_cgroup *below, void *data);
	void *data;
	int refused; /* what visit() returned */
};

static int enter(int fd, const char *name, void *arg)
{
	struct tree *tree = arg;

	if (name)
		strbuf_printf(&tree->path, "/%s", name);
	tree->below.fd = fd;
	tree->below.path = tree->path.text ? tree->path.text : "";
	tree->refused = tree->visit(&tree->below, tree->data);
	/* -1 of the walk is the walk's own, with errno. */
	return tree->refused != 0;
}

static int leave(int parent, const char *name, void *arg)
{
	struct tree *tree = arg;

	(void)parent;
	tree->path.len -= strlen(name) + 1;
	tree->path.text[tree->path.len] = '\0';
	return 0;
}

int kern_cgroup_tree(const struct kern_cgroup *group,
		     int (*visit)(const struct kern_cgroup *below, void *data), void *data, struct err *err)
{
	struct tree tree = { .below = *group, .visit = visit, .data = data };
	struct cgroup_walk walk = { .enter = enter, .leave = leave, .arg = &tree };
	int result;

	result = cgroup_walk(group->fd, &walk);
	strbuf_free(&tree.path);
	if (result < 0)
		return err_system(err, "list", "%s%s", group->mountpoint, group->path);
	return tree.refused;
}
