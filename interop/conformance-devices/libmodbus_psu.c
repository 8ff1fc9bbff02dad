/* The invented PSU of image.py with libmodbus: Modbus TCP on the loopback, one epoll loop. Reads "address value" lines from
 * standard input, then prints its port. libmodbus serves one run of addresses: what lies between two registers reads as 0.
 */
#include <arpa/inet.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REGISTERS = 4096 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int poll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)) fail("epoll");
}

int main(void) {
    static uint16_t words[REGISTERS];
    unsigned address, value, last = 0;
    while (scanf("%u %u", &address, &value) == 2) {
        if (address >= REGISTERS || value > 0xFFFF) return 2;
        words[address] = (uint16_t)value;
        if (address > last) last = address;
    }
    modbus_t *modbus = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *mapping = modbus_mapping_new(0, 0, (int)last + 1, 0);
    if (!modbus || !mapping) fail("libmodbus");
    for (unsigned i = 0; i <= last; i++) mapping->tab_registers[i] = words[i];

    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);
    if (listener < 0 || poll < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64) ||
        getsockname(listener, (struct sockaddr *)&at, &length))
        fail("listen");
    watch(poll, listener);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);

    for (;;) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int client = accept(listener, NULL, NULL);
                if (client < 0) continue;
                if (client >= FD_SETSIZE) close(client); /* libmodbus waits by select() */
                else watch(poll, client);
                continue;
            }
            uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
            modbus_set_socket(modbus, fd);
            int got = modbus_receive(modbus, request);
            if (got < 0 || (got > 0 && modbus_reply(modbus, request, got, mapping) < 0)) close(fd);
        }
    }
}
