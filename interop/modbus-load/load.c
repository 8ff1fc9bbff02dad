/* Load for a Modbus TCP server: function 03 for 125 registers, closed loop, one request at a time on each connection.
 *
 *     load PORT CONNECTIONS MILLISECONDS
 *
 * Opens all connections, lets the loop run for a tenth of the time, then measures. Every answer is compared byte for
 * byte with the only right one (address 1, all registers 0x1234). At the end nothing new is sent and each answer still
 * out is waited for, so that a connection that the server starves counts with the time it really waited. Prints one
 * line of JSON: answers within the time, seconds, latencies in microseconds of all requests sent in that time, and the
 * answers on the connections that got the fewest and the most. Exit code 1 with a reason if an answer is wrong, missing
 * for 5 s, or a connection fails.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REGISTERS = 125, ANSWER = 9 + 2 * REGISTERS, GRACE_NS = 2000000000 };

struct connection {
    int fd;
    int waiting; /* an answer is out */
    uint16_t transaction;
    size_t filled;
    uint64_t sent_ns;
    uint64_t answers; /* within the measured time */
    unsigned char bytes[ANSWER + 1];
};

static uint64_t *latencies;
static size_t kept, room;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "no system error");
    exit(1);
}

static void keep(uint64_t ns) {
    if (kept == room) {
        room = room ? 2 * room : 1 << 16;
        latencies = realloc(latencies, room * sizeof *latencies);
        if (!latencies) fail("memory");
    }
    latencies[kept++] = ns;
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double quantile_us(double q) {
    return kept ? (double)latencies[(size_t)(q * (double)(kept - 1))] / 1000 : 0;
}

static void ask(struct connection *c) {
    c->transaction++;
    unsigned char request[12] = {(unsigned char)(c->transaction >> 8), (unsigned char)c->transaction, 0, 0, 0, 6,
                                 1, 3, 0, 0, 0, REGISTERS};
    c->filled = 0;
    c->waiting = 1;
    c->sent_ns = now_ns();
    errno = 0;
    if (send(c->fd, request, sizeof request, MSG_NOSIGNAL) != sizeof request) fail("send");
}

static void check(const struct connection *c) {
    const unsigned char head[9] = {(unsigned char)(c->transaction >> 8), (unsigned char)c->transaction, 0, 0, 0,
                                   3 + 2 * REGISTERS, 1, 3, 2 * REGISTERS};
    errno = 0;
    if (memcmp(c->bytes, head, sizeof head)) fail("a wrong header in an answer");
    for (size_t i = sizeof head; i < ANSWER; i += 2)
        if (c->bytes[i] != 0x12 || c->bytes[i + 1] != 0x34) fail("a wrong register in an answer");
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: load PORT CONNECTIONS MILLISECONDS\n");
        return 2;
    }
    size_t connections = strtoul(argv[2], NULL, 10);
    uint64_t measured_ns = strtoul(argv[3], NULL, 10) * 1000000u;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10))};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    struct connection *all = calloc(connections, sizeof *all);
    int poll = epoll_create1(0);
    if (!connections || !all || poll < 0) fail("set up");
    for (size_t i = 0; i < connections; i++) {
        int on = 1;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        all[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        all[i].transaction = (uint16_t)(i * 257);
        if (all[i].fd < 0 || connect(all[i].fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
        setsockopt(all[i].fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event)) fail("epoll");
    }
    uint64_t begin = now_ns() + measured_ns / 10, end = begin + measured_ns, answers = 0;
    size_t out = connections;
    for (size_t i = 0; i < connections; i++) ask(&all[i]);
    while (out) {
        struct epoll_event events[256];
        errno = 0;
        int ready = epoll_wait(poll, events, 256, 5000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0 || now_ns() > end + GRACE_NS + 3000000000u) fail("answers are missing");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            /* One byte more than an answer has: a server that sends too much is found out. */
            ssize_t got = recv(c->fd, c->bytes + c->filled, sizeof c->bytes - c->filled, MSG_DONTWAIT);
            if (got <= 0 || !c->waiting) fail("a connection was closed, or sent what nobody asked for");
            c->filled += (size_t)got;
            if (c->filled > ANSWER) fail("more than an answer");
            if (c->filled < ANSWER) continue;
            uint64_t now = now_ns();
            check(c);
            c->waiting = 0;
            if (c->sent_ns >= begin) keep(now - c->sent_ns);
            if (now >= begin && now < end) {
                c->answers++;
                answers++;
            }
            if (now < end)
                ask(c);
            else
                out--;
        }
    }
    uint64_t fewest = UINT64_MAX, most = 0;
    for (size_t i = 0; i < connections; i++) {
        if (all[i].answers < fewest) fewest = all[i].answers;
        if (all[i].answers > most) most = all[i].answers;
        close(all[i].fd);
    }
    qsort(latencies, kept, sizeof *latencies, by_size);
    printf("{\"answers\": %llu, \"seconds\": %.6f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, "
           "\"fewest\": %llu, \"most\": %llu}\n",
           (unsigned long long)answers, (double)measured_ns / 1e9, quantile_us(0.5), quantile_us(0.99),
           quantile_us(1), (unsigned long long)fewest, (unsigned long long)most);
    return 0;
}
