/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/group_internal.h"
#include "kern/cgroup/systemd.h"
#include "kern/cgroup/systemd_internal.h"

#define DEADLINE_MS 25000
#define SERVICE "org.freedesktop.systemd1"
#define OBJECT "/org/freedesktop/systemd1"
#define MANAGER SERVICE ".Manager"

/* One connection, for one unit. */
struct connection {
	struct systemd_library library;
	sd_bus *bus;
	sd_bus_slot *slot;
	const char *unit;
	bool user;
	int64_t deadline;
	char address[512];
	char job[256];	 /* the job we wait for */
	char result[64]; /* what became of it: "done", "failed", ... */
};

static const char *bus_name(const struct connection *c)
{
	return c->user ? "user bus" : "system bus";
}

static uint64_t left_us(const struct connection *c)
{
	return (uint64_t)cgroup_left_ms(c->deadline) * 1000;
}

static void disconnect(struct connection *c)
{
	if (c->slot)
		c->library.sd_bus_slot_unref(c->slot);
	if (c->bus)
		c->library.sd_bus_flush_close_unref(c->bus);
	c->slot = NULL;
	c->bus = NULL;
}

/* The path of a socket. `bus_client` false: straight to systemd, without a message bus between. */
static int open_socket(struct connection *c, const char *path, int bus_client)
{
	int result = c->library.sd_bus_new(&c->bus);

	snprintf(c->address, sizeof(c->address), "unix:path=%s", path);
	if (result >= 0)
		result = c->library.sd_bus_set_address(c->bus, c->address);
	if (result >= 0)
		result = c->library.sd_bus_set_bus_client(c->bus, bus_client);
	if (result >= 0)
		result = c->library.sd_bus_start(c->bus);
	if (result < 0 && c->bus) {
		c->library.sd_bus_flush_close_unref(c->bus);
		c->bus = NULL;
	}
	return result;
}

/* The environment's address is not asked for: root's tools shall not follow it. */
static int open_system(struct connection *c)
{
	int result = open_socket(c, "/run/dbus/system_bus_socket", 1);

	if (result < 0 && geteuid() == 0 && access("/run/systemd/private", F_OK) == 0)
		result = open_socket(c, "/run/systemd/private", 0);
	return result;
}

static int open_user(struct connection *c)
{
	const char *directory = secure_getenv("XDG_RUNTIME_DIR");
	char path[256];

	if (directory && directory[0] == '/' && !strpbrk(directory, ",;%="))
		snprintf(path, sizeof(path), "%s/bus", directory);
	else
		snprintf(path, sizeof(path), "/run/user/%u/bus", (unsigned)geteuid());
	return open_socket(c, path, 1);
}

static int connect_bus(struct connection *c, const char *unit, bool user, struct err *err)
{
	int result;

	*c = (struct connection){ .unit = unit, .user = user, .deadline = cgroup_now_ms() + DEADLINE_MS };
	if (systemd_library_load(&c->library, err) != 0)
		return -1;
	result = user ? open_user(c) : open_system(c);
	if (result >= 0)
		return 0;
	errno = -result;
	err_system(err, "connect to systemd", "on the %s, %s, for %s", bus_name(c), c->address, unit);
	return err_hint(err, "is systemd running here%s? Without it use the cgroupfs manager",
			user ? ", with a session of this user and its D-Bus" : "");
}

/* systemd's words are the message. */
static int call_error(const struct connection *c, const char *method, int result, sd_bus_error *error,
		      struct err *err)
{
	if (result == -ETIMEDOUT)
		err_set(err, ERR_HELPER, method, "no answer from systemd on the %s in %d s", bus_name(c),
			DEADLINE_MS / 1000);
	else
		err_set(err, ERR_HELPER, method, "on the %s: %s", bus_name(c),
			error->message ? error->message : strerror(-result));
	err_object(err, "%s", c->unit);
	if (c->library.sd_bus_error_has_name(error,
					     "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") ||
	    c->library.sd_bus_error_has_name(error, "org.freedesktop.DBus.Error.AccessDenied"))
		err_hint(err, "the system's manager takes this from root alone: as another user the user's manager "
			      "is asked");
	c->library.sd_bus_error_free(error);
	return -1;
}

static int new_call(struct connection *c, sd_bus_message **message, const char *method, struct err *err)
{
	int result = c->library.sd_bus_message_new_method_call(c->bus, message, SERVICE, OBJECT, MANAGER, method);

	if (result >= 0)
		return 0;
	errno = -result;
	return err_system(err, method, "%s", c->unit);
}

/* JobRemoved: uint32 id, object job, string unit, string result. */
static int on_job_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct connection *c = userdata;
	const char *job, *unit, *result;
	uint32_t id;

	(void)error;
	if (c->library.sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >= 0 &&
	    !strcmp(job, c->job))
		snprintf(c->result, sizeof(c->result), "%s", result);
	return 0;
}

/* Before the job is made, so that its end is not missed. Subscribe's own result does not matter: others may have. */
static int watch_jobs(struct connection *c, struct err *err)
{
	sd_bus_message *message = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int result = c->library.sd_bus_match_signal(c->bus, &c->slot, NULL, OBJECT, MANAGER, "JobRemoved",
						    on_job_removed, c);

	if (result < 0)
		return call_error(c, "JobRemoved", result, &error, err);
	if (new_call(c, &message, "Subscribe", err) != 0)
		return -1;
	result = c->library.sd_bus_call(c->bus, message, left_us(c), &error, NULL);
	c->library.sd_bus_message_unref(message);
	if (result == -ETIMEDOUT)
		return call_error(c, "Subscribe", result, &error, err);
	c->library.sd_bus_error_free(&error);
	return 0;
}

static int wait_job(struct connection *c, sd_bus_message *reply, const char *method, struct err *err)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	const char *job;
	int result = c->library.sd_bus_message_read(reply, "o", &job);

	if (result < 0)
		return call_error(c, method, result, &error, err);
	snprintf(c->job, sizeof(c->job), "%s", job);
	while (!c->result[0]) {
		result = c->library.sd_bus_process(c->bus, NULL);
		if (result == 0) {
			if (left_us(c) == 0)
				return call_error(c, method, -ETIMEDOUT, &error, err);
			result = c->library.sd_bus_wait(c->bus, left_us(c));
		}
		if (result < 0 && result != -EINTR)
			return call_error(c, method, result, &error, err);
	}
	if (!strcmp(c->result, "done"))
		return 0;
	err_set(err, ERR_HELPER, method, "systemd's job on the %s ended with \"%s\"", bus_name(c), c->result);
	err_object(err, "%s", c->unit);
	return err_hint(err, "see: systemctl %sstatus %s", c->user ? "--user " : "", c->unit);
}

static int append_properties(const struct connection *c, sd_bus_message *message,
			     const struct kern_systemd_scope *scope, struct err *err)
{
	for (size_t i = 0; i < scope->count; i++)
		if (systemd_property_append(&c->library, message, &scope->properties[i], err) != 0)
			return -1;
	return 0;
}

/* StartTransientUnit(name, mode, properties, auxiliary units). */
static int build_start(const struct connection *c, sd_bus_message *message,
		       const struct kern_systemd_scope *scope, struct err *err)
{
	const struct systemd_library *library = &c->library;
	int result = library->sd_bus_message_append(message, "ss", scope->scope, "fail");

	if (result >= 0)
		result = library->sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "(sv)");
	if (result >= 0 && scope->description)
		result = library->sd_bus_message_append(message, "(sv)", "Description", "s", scope->description);
	if (result >= 0 && scope->slice)
		result = library->sd_bus_message_append(message, "(sv)", "Slice", "s", scope->slice);
	if (result >= 0)
		result = library->sd_bus_message_append(message, "(sv)(sv)(sv)", "Delegate", "b", 1,
							"DefaultDependencies", "b", 0, "PIDs", "au", 1,
							(uint32_t)scope->pid);
	if (result >= 0 && append_properties(c, message, scope, err) != 0)
		return -1;
	if (result >= 0)
		result = library->sd_bus_message_close_container(message);
	if (result >= 0)
		result = library->sd_bus_message_append(message, "a(sa(sv))", 0);
	if (result >= 0)
		return 0;
	errno = -result;
	return err_system(err, "StartTransientUnit", "%s", scope->scope);
}

static void reset_failed(struct connection *c)
{
	sd_bus_message *message = NULL;
	struct err ignored = { 0 };

	if (new_call(c, &message, "ResetFailedUnit", &ignored) != 0)
		return;
	if (c->library.sd_bus_message_append(message, "s", c->unit) >= 0)
		c->library.sd_bus_call(c->bus, message, left_us(c), NULL, NULL);
	c->library.sd_bus_message_unref(message);
}

/* 1: a unit of that name is in the way. */
static int start_once(struct connection *c, const struct kern_systemd_scope *scope, struct err *err)
{
	sd_bus_message *message = NULL, *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int result;

	if (new_call(c, &message, "StartTransientUnit", err) != 0)
		return -1;
	if (build_start(c, message, scope, err) != 0) {
		c->library.sd_bus_message_unref(message);
		return -1;
	}
	result = c->library.sd_bus_call(c->bus, message, left_us(c), &error, &reply);
	c->library.sd_bus_message_unref(message);
	if (result < 0) {
		bool exists = c->library.sd_bus_error_has_name(&error, SERVICE ".UnitExists") > 0;

		call_error(c, "StartTransientUnit", result, &error, err);
		return exists ? 1 : -1;
	}
	result = wait_job(c, reply, "StartTransientUnit", err);
	c->library.sd_bus_message_unref(reply);
	return result;
}

int kern_systemd_scope_start(const struct kern_systemd_scope *scope, struct err *err)
{
	struct connection c;
	int result = connect_bus(&c, scope->scope, scope->user, err);

	if (result != 0)
		return -1;
	result = watch_jobs(&c, err);
	if (result == 0) {
		struct err first = { 0 };

		result = start_once(&c, scope, &first);
		if (result == 1) {
			/* A failed one only stands in the way; a running one stays and is the error. */
			reset_failed(&c);
			result = start_once(&c, scope, err);
		} else if (result != 0) {
			*err = first;
		}
	}
	disconnect(&c);
	return result == 0 ? 0 : -1;
}

int kern_systemd_scope_set(const struct kern_systemd_scope *scope, struct err *err)
{
	sd_bus_message *message = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct connection c;
	int result;

	if (connect_bus(&c, scope->scope, scope->user, err) != 0)
		return -1;
	if (new_call(&c, &message, "SetUnitProperties", err) != 0) {
		disconnect(&c);
		return -1;
	}
	result = c.library.sd_bus_message_append(message, "sb", scope->scope, 1);
	if (result >= 0)
		result = c.library.sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "(sv)");
	if (result >= 0 && append_properties(&c, message, scope, err) != 0)
		result = -EINVAL; /* err has the cause */
	if (result >= 0)
		result = c.library.sd_bus_message_close_container(message);
	if (result >= 0)
		result = c.library.sd_bus_call(c.bus, message, left_us(&c), &error, NULL);
	if (result < 0)
		call_error(&c, "SetUnitProperties", result, &error, err);
	c.library.sd_bus_message_unref(message);
	disconnect(&c);
	return result < 0 ? -1 : 0;
}

static int stop(struct connection *c, struct err *err)
{
	sd_bus_message *message = NULL, *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int result;

	if (new_call(c, &message, "StopUnit", err) != 0)
		return -1;
	result = c->library.sd_bus_message_append(message, "ss", c->unit, "replace");
	if (result >= 0)
		result = c->library.sd_bus_call(c->bus, message, left_us(c), &error, &reply);
	c->library.sd_bus_message_unref(message);
	if (result < 0 && c->library.sd_bus_error_has_name(&error, SERVICE ".NoSuchUnit")) {
		c->library.sd_bus_error_free(&error);
		return 0;
	}
	if (result < 0)
		return call_error(c, "StopUnit", result, &error, err);
	result = wait_job(c, reply, "StopUnit", err);
	c->library.sd_bus_message_unref(reply);
	return result;
}

int kern_systemd_scope_stop(const char *scope, bool user, struct err *err)
{
	struct connection c;
	int result;

	if (connect_bus(&c, scope, user, err) != 0)
		return -1;
	result = watch_jobs(&c, err);
	if (result == 0)
		result = stop(&c, err);
	reset_failed(&c);
	disconnect(&c);
	return result;
}

int kern_systemd_scope_path(const char *scope, bool user, char *path, size_t size, struct err *err)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	auto_free char *object = NULL, *text = NULL;
	struct connection c;
	int result;

	if (connect_bus(&c, scope, user, err) != 0)
		return -1;
	result = c.library.sd_bus_path_encode(OBJECT "/unit", scope, &object);
	if (result >= 0)
		result = c.library.sd_bus_get_property_string(c.bus, SERVICE, object, SERVICE ".Scope",
							      "ControlGroup", &error, &text);
	if (result >= 0 && (size_t)snprintf(path, size, "%s", text) >= size)
		result = -ENAMETOOLONG;
	if (result < 0)
		call_error(&c, "ControlGroup", result, &error, err);
	disconnect(&c);
	return result < 0 ? -1 : 0;
}
