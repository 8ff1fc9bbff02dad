/* A Modbus client with libmodbus, told what to do on its standard input, one command a line:
 *
 *     client tcp PORT | client rtu PATH
 *
 *     unit ADDRESS               the server asked from now on
 *     read ADDRESS COUNT         function 03
 *     input ADDRESS COUNT        function 04
 *     write ADDRESS WORD         function 06
 *     writes ADDRESS WORD...     function 16
 *     raw BYTE...                any PDU; bytes in hex
 *
 * Each command is answered by one line: `words …`, `bytes …` (a PDU, in hex), `ok`, `exception N` or `error …`.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What went wrong: libmodbus counts exceptions from MODBUS_ENOBASE. */
static void fail(void) {
    if (errno > MODBUS_ENOBASE && errno < MODBUS_ENOBASE + MODBUS_EXCEPTION_MAX)
        printf("exception %d\n", errno - MODBUS_ENOBASE);
    else
        printf("error %s\n", modbus_strerror(errno));
}

/* The numbers of the rest of a line; returns how many. */
static int numbers(char *text, int base, long *out, int room) {
    int count = 0;
    for (char *end; count < room; text = end, count++) {
        out[count] = strtol(text, &end, base);
        if (end == text) break;
    }
    return count;
}

static void act(modbus_t *modbus, int tcp, char *line) {
    char *rest = line + strcspn(line, " \n");
    if (*rest) *rest++ = 0;
    long n[300];
    uint16_t words[300];
    int raw = !strcmp(line, "raw"), count = numbers(rest, raw ? 16 : 10, n, 300), done = -1;
    if (!strcmp(line, "unit") && count == 1) {
        done = modbus_set_slave(modbus, (int)n[0]);
    } else if ((!strcmp(line, "read") || !strcmp(line, "input")) && count == 2) {
        done = (*line == 'r' ? modbus_read_registers : modbus_read_input_registers)(modbus, (int)n[0], (int)n[1], words);
        if (done >= 0) {
            printf("words");
            for (int i = 0; i < done; i++) printf(" %u", words[i]);
            printf("\n");
            return;
        }
    } else if (!strcmp(line, "write") && count == 2) {
        done = modbus_write_register(modbus, (int)n[0], (uint16_t)n[1]);
    } else if (!strcmp(line, "writes") && count >= 2) {
        for (int i = 1; i < count; i++) words[i - 1] = (uint16_t)n[i];
        done = modbus_write_registers(modbus, (int)n[0], count - 1, words);
    } else if (raw && count >= 1) {
        uint8_t request[300], answer[MODBUS_MAX_ADU_LENGTH];
        request[0] = (uint8_t)modbus_get_slave(modbus);
        for (int i = 0; i < count; i++) request[i + 1] = (uint8_t)n[i];
        if (modbus_send_raw_request(modbus, request, count + 1) > 0) {
            done = modbus_receive_confirmation(modbus, answer);
            if (done >= 0) {
                printf("bytes");
                for (int i = tcp ? 7 : 1; i < done - (tcp ? 0 : 2); i++) printf(" %02x", answer[i]);
                printf("\n");
                return;
            }
        }
    } else {
        printf("error no such command\n");
        return;
    }
    if (done < 0)
        fail();
    else
        printf("ok\n");
}

int main(int argc, char **argv) {
    int tcp = argc == 3 && !strcmp(argv[1], "tcp");
    if (!tcp && (argc != 3 || strcmp(argv[1], "rtu"))) {
        fprintf(stderr, "usage: client tcp PORT | client rtu PATH\n");
        return 2;
    }
    modbus_t *modbus = tcp ? modbus_new_tcp("127.0.0.1", atoi(argv[2])) : modbus_new_rtu(argv[2], 19200, 'E', 8, 1);
    if (!modbus || modbus_connect(modbus)) {
        fprintf(stderr, "client: %s: %s\n", argv[2], modbus_strerror(errno));
        return 1;
    }
    modbus_set_response_timeout(modbus, 2, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    char line[4096];
    while (fgets(line, sizeof line, stdin)) act(modbus, tcp, line);
    modbus_close(modbus);
    modbus_free(modbus);
    return 0;
}
