#include "network.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
network_open(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE };
	int fd =
	    socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool
network_read(const void *messages, size_t len)
{
	const char *at = messages, *end = at + len;
	bool came = false;

	while ((size_t)(end - at) >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr m;

		memcpy(&m, at, sizeof(m));
		if (m.nlmsg_len < sizeof(m) || m.nlmsg_len > (size_t)(end - at))
			break;
		came |= m.nlmsg_type == RTM_NEWADDR || m.nlmsg_type == RTM_NEWROUTE;
		if (NLMSG_ALIGN(m.nlmsg_len) >= (size_t)(end - at))
			break;
		at += NLMSG_ALIGN(m.nlmsg_len);
	}
	return came;
}

bool
network_came(int fd)
{
	char bytes[8192];
	bool came = false;
	ssize_t n;

	/* After a burst the kernel says only that some news was lost; what was read is
	 * enough. */
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		came |= network_read(bytes, (size_t)n);
	return came;
}
