/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by systemd*.c alone, which include <systemd/sd-bus.h> before it.
 * libsystemd is loaded on first use: nothing but the systemd manager needs it.
 */
#ifndef NSTOOLS_KERN_CGROUP_SYSTEMD_INTERNAL_H
#define NSTOOLS_KERN_CGROUP_SYSTEMD_INTERNAL_H

struct err;
struct kern_systemd_property;

#define SYSTEMD_FUNCTIONS(X)                 \
	X(sd_bus_new)                        \
	X(sd_bus_set_address)                \
	X(sd_bus_set_bus_client)             \
	X(sd_bus_start)                      \
	X(sd_bus_open_system)                \
	X(sd_bus_flush_close_unref)          \
	X(sd_bus_match_signal)               \
	X(sd_bus_slot_unref)                 \
	X(sd_bus_call)                       \
	X(sd_bus_process)                    \
	X(sd_bus_wait)                       \
	X(sd_bus_message_new_method_call)    \
	X(sd_bus_message_append)             \
	X(sd_bus_message_append_array)       \
	X(sd_bus_message_open_container)     \
	X(sd_bus_message_close_container)    \
	X(sd_bus_message_read)               \
	X(sd_bus_message_unref)              \
	X(sd_bus_path_encode)                \
	X(sd_bus_get_property_string)        \
	X(sd_bus_error_free)                 \
	X(sd_bus_error_has_name)

struct systemd_library {
#define SYSTEMD_POINTER(name) __typeof__(&name) name;
	SYSTEMD_FUNCTIONS(SYSTEMD_POINTER)
#undef SYSTEMD_POINTER
};

/* Find the functions. -1 with err (ERR_UNSUPPORTED) when the library is not installed or too old. */
int systemd_library_load(struct systemd_library *library, struct err *err);

/* Append one "(sv)". Errors: ERR_SPEC when the text is not of the property's type. */
int systemd_property_append(const struct systemd_library *library, sd_bus_message *message,
			    const struct kern_systemd_property *property, struct err *err);

#endif
