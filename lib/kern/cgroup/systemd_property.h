/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of units, from text to D-Bus. Included by systemd*.c alone. */
#ifndef NSTOOLS_KERN_CGROUP_SYSTEMD_PROPERTY_H
#define NSTOOLS_KERN_CGROUP_SYSTEMD_PROPERTY_H

#include <systemd/sd-bus.h>

struct err;
struct kern_systemd_property;
struct systemd_library;

/* Append one "(sv)". Errors: ERR_SPEC when the text is not of the property's type. */
int systemd_property_append(const struct systemd_library *library, sd_bus_message *message,
			    const struct kern_systemd_property *property, struct err *err);

#endif
