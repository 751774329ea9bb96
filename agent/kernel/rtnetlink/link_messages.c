/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of links: their list and status, by netlink, and their name and speed, by ioctl. */
#include "link_messages.h"

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kernel/links.h"
#include "kernel/netns_reader.h"

/*
 * With any mask the kernel first measures its links (rtnl_calcit()). Without one, a link that needs
 * a large datagram, as with hundreds of alternative names, ends the list early and silently. This
 * bit is RTEXT_FILTER_MRP, about bridges: it adds nothing to a list of links.
 */
#define WHOLE_LINKS (1 << 4)

/* The kernel writes three bit maps of at most 127 words behind the struct. */
#define MODE_OCTETS (sizeof(uint32_t) * 127 * 3)

/*
 * IF_OPER_*. The kernel reports DOWN for a link that is not IFF_UP (rtnl_fill_ifinfo()), so
 * UNKNOWN, as the loopback has, means up.
 */
static const uint8_t statuses[] = {
	[IF_OPER_UNKNOWN] = TCX_LINK_UP,      [IF_OPER_NOTPRESENT] = TCX_LINK_NOT_PRESENT,
	[IF_OPER_DOWN] = TCX_LINK_DOWN,	      [IF_OPER_LOWERLAYERDOWN] = TCX_LINK_LOWER_LAYER_DOWN,
	[IF_OPER_TESTING] = TCX_LINK_TESTING, [IF_OPER_DORMANT] = TCX_LINK_DORMANT,
	[IF_OPER_UP] = TCX_LINK_UP,
};

uint8_t tcx_link_status_of(const struct nlattr *operstate)
{
	uint8_t number;

	if (!tcx_attribute_copy(operstate, &number, sizeof(number)))
		return 0;
	return number < sizeof(statuses) ? statuses[number] : TCX_LINK_UNKNOWN;
}

const struct tcx_links_request tcx_links_request = {
	.link = {.ifi_family = AF_UNSPEC},
	.attribute = {.nla_len = sizeof(struct nlattr) + sizeof(uint32_t),
		      .nla_type = IFLA_EXT_MASK},
	.mask = WHOLE_LINKS,
};

/* Any socket of the namespace will do. */
bool tcx_link_name(struct tcx_netns_reader *reader, uint32_t index, char name[IFNAMSIZ])
{
	struct ifreq request = {.ifr_ifindex = (int)index};
	bool known = tcx_netlink_open(&reader->route, 0, NULL) &&
		     ioctl(mnl_socket_get_fd(reader->route.socket), SIOCGIFNAME, &request) == 0;

	memcpy(name, known ? request.ifr_name : "", known ? IFNAMSIZ : 1);
	return known;
}

static bool ask_driver(int fd, const char *name, void *question)
{
	struct ifreq request = {.ifr_data = question};

	memcpy(request.ifr_name, name, sizeof(request.ifr_name));
	return ioctl(fd, SIOCETHTOOL, &request) == 0;
}

/* The first request gives minus the words of a bit map; the second needs room for three maps. */
static bool ask_settings(int fd, const char *name, uint32_t *speed)
{
	union {
		struct ethtool_link_settings settings;
		char octets[sizeof(struct ethtool_link_settings) + MODE_OCTETS];
	} answer = {.settings = {.cmd = ETHTOOL_GLINKSETTINGS}};
	struct ethtool_link_settings *settings = &answer.settings;

	if (!ask_driver(fd, name, &answer) || settings->link_mode_masks_nwords >= 0)
		return false;
	settings->cmd = ETHTOOL_GLINKSETTINGS;
	settings->link_mode_masks_nwords = (int8_t)-settings->link_mode_masks_nwords;
	if (!ask_driver(fd, name, &answer))
		return false;
	*speed = settings->speed;
	return true;
}

/* For kernels before 4.6. */
static bool ask_old_settings(int fd, const char *name, uint32_t *speed)
{
	struct ethtool_cmd settings = {.cmd = ETHTOOL_GSET};

	if (!ask_driver(fd, name, &settings))
		return false;
	/* ethtool_cmd_speed() would shift the upper half into the sign of an int. */
	*speed = settings.speed | (uint32_t)settings.speed_hi << 16;
	return true;
}

uint32_t tcx_link_speed(int fd, const char *name)
{
	uint32_t speed;

	if (!ask_settings(fd, name, &speed) && !ask_old_settings(fd, name, &speed))
		return 0;
	/* The old struct had 16 bits at first: 65535 is unknown, too. */
	return speed == (uint32_t)SPEED_UNKNOWN || speed == UINT16_MAX ? 0 : speed;
}
