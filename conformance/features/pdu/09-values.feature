Feature: Values that are refused, and long spans
  MODBUS Application Protocol V1.1b3, 6.6, 6.12 and 7; which exception a value outside its limits gets is a rule of the DPO
  profile (note N1 of the catalogue).

  @MB-PDU-019 @MUST @W @AP:7 @DPO @needs:fc06 @needs:limited-word
  Scenario: MB-PDU-019 Write a value outside the limits
    Function 06 with a value just outside the limits of the map is refused with exception 03 (02 and 04 are tolerated), and
    the value stays.

    Given the client keeps the value of a writable word with limits
    When the client writes a value outside its limits with function 06
    Then the value is refused and unchanged

  @MB-PDU-021 @MUST @W @AP:6.12 @needs:fc10 @needs:longest
  Scenario: MB-PDU-021 Write the longest register
    The longest register that may be written is written whole with function 16, and reads back word by word. Words without a
    meaning are written with other values, all others with those that are there.

    Given the client keeps the value of the longest writable register
    When the client writes it whole with function 16
    Then each word reads as written, and the old ones are put back

  @MB-PDU-029 @MUST @W @AP:6.12 @DPO @needs:fc10 @needs:limited-pair
  Scenario: MB-PDU-029 Write two registers of which the last is outside its limits
    The write is refused whole: neither register changes.

    Given the client keeps the values of two neighbours that may be written
    When the client writes both, the last one outside its limits
    Then the write is refused and neither has changed

  @MB-PDU-060 @SHOULD @D @AP:6.6 @AP:7 @needs:pmi
  Scenario: MB-PDU-060 Write in a state that forbids it
    A set point without the lease, which is a state that forbids control, is refused with exception 04 or 06, and what is in
    force stays.

    When the client writes the input power limit without the lease
    Then it is refused with exception 04 or 06, and no limit is in force

  @MB-PDU-061 @MUST @W @AP:7 @needs:pmi
  Scenario: MB-PDU-061 Long operation
    A set point is answered normally or with exception 05; then its result register tells within 5 s that it is applied.
    (The catalogue has it in class R, but only a write takes long.)

    Given the client holds the lease for 30 s
    When the client writes the largest input power limit
    Then it is taken or acknowledged, and its result turns to applied within 5 s
    And the lease is given back

  @MB-PDU-062 @SHOULD @W @AP:7 @needs:pmi
  Scenario: MB-PDU-062 Writes without a pause
    Each of 8 set points is taken, acknowledged with 05, or refused with 06 while one before is at work; after a pause a set
    point is taken. (The catalogue has it in class R, but only writes keep a device busy.)

    Given the client holds the lease for 30 s
    When the client writes 8 input power limits without a pause
    Then each is taken, acknowledged or told that the device is busy, and one after a pause is taken
    And the lease is given back

  @MB-PDU-067 @SHOULD @D @AP:4.1 @needs:counters
  Scenario: MB-PDU-067 Random requests
    After many random requests of 1 to 253 bytes, without write codes and without anything on the hazard list, the device
    answers, no counter has fallen as after a restart, and no setting has changed. The report tells how many were sent.

    Given the client keeps the counters and settings of the device
    When the client sends random requests that write nothing
    Then the device still answers
    And no counter has fallen and no setting has changed
