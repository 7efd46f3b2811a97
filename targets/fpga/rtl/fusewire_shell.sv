// What stands between a core and the host: registers, a ring of descriptors in host memory, and two DMA engines.
// docs/fpga.md has the registers and the formats. The core is the module FUSEWIRE_CORE, which is defined before.
module fusewire_shell #(
    parameter BUS = `FUSEWIRE_BUS_BYTES,
    parameter IN = `FUSEWIRE_IN_BYTES,
    parameter OUT = `FUSEWIRE_OUT_BYTES
) (
    input  wire aclk,
    input  wire aresetn,
    // The registers: a write takes one period, a read is combinational.
    input  wire reg_write,
    input  wire [7:0] reg_addr,
    input  wire [31:0] reg_wdata,
    output wire [31:0] reg_rdata,
    // Reads of host memory: requests, and beats in the order of the requests (AXI4: AR and R).
    output wire rd_valid,
    input  wire rd_ready,
    output wire [63:0] rd_addr,
    output wire [31:0] rd_beats,
    input  wire rd_tvalid,
    output wire rd_tready,
    input  wire [8*BUS-1:0] rd_tdata,
    input  wire rd_terror,
    // Writes of host memory, a beat each, in order (AXI4: AW with W; B is not waited for).
    output wire wr_valid,
    input  wire wr_ready,
    output wire [63:0] wr_addr,
    output wire [8*BUS-1:0] wr_data,
    output wire [BUS-1:0] wr_strb,
    input  wire wr_error,
    // One period for each completion that was written.
    output wire irq
);
    localparam SHIFT = $clog2(BUS);
    localparam [63:0] ALIGNED = ~64'(BUS - 1);
    // Beats of a descriptor, which is 64 bytes.
    localparam DESC_BEATS = 64 / BUS;
    localparam [63:0] CORE_ID = `FUSEWIRE_CORE_ID;
    localparam [7:0] OK = 8'd0, MISALIGNED = 8'd1, EMPTY = 8'd2, BUS_ERROR = 8'd3;

    // --- registers ---------------------------------------------------------------------------------------------
    reg run;
    reg fault;
    reg [63:0] ring_base, done_base;
    reg [4:0] ring_log;
    reg [31:0] tail, fetched, head;
    reg [63:0] cycles;
    reg [31:0] rows_in, rows_out;
    wire [31:0] ring_mask = ~(32'hffff_ffff << ring_log);
    wire clear = reg_write && reg_addr == 8'h20 && reg_wdata[1];
    wire reset_n = aresetn & ~clear;
    wire reading, writing;
    wire core_in, core_out;

    always_ff @(posedge aclk) begin
        cycles <= aresetn ? cycles + 64'd1 : 64'd0;
        if (!reset_n) begin
            run <= 1'b0;
            fault <= 1'b0;
            tail <= 32'd0;
            rows_in <= 32'd0;
            rows_out <= 32'd0;
        end else begin
            if (wr_error || (rd_tvalid && rd_tready && rd_terror)) fault <= 1'b1;
            if (core_in) rows_in <= rows_in + 32'd1;
            if (core_out) rows_out <= rows_out + 32'd1;
            if (reg_write) begin
                case (reg_addr)
                    8'h20: run <= reg_wdata[0];
                    8'h40: tail <= reg_wdata;
                    default: ;
                endcase
            end
        end
        if (!aresetn) begin
            ring_base <= 64'd0;
            done_base <= 64'd0;
            ring_log <= 5'd0;
        end else if (reg_write) begin
            case (reg_addr)
                8'h28: ring_base[31:0] <= reg_wdata;
                8'h2c: ring_base[63:32] <= reg_wdata;
                8'h30: done_base[31:0] <= reg_wdata;
                8'h34: done_base[63:32] <= reg_wdata;
                8'h38: ring_log <= reg_wdata[4:0];
                default: ;
            endcase
        end
    end

    assign reg_rdata =
        reg_addr == 8'h00 ? 32'h4657_5246 :
        reg_addr == 8'h04 ? 32'h0001_0000 :
        reg_addr == 8'h08 ? CORE_ID[31:0] :
        reg_addr == 8'h0c ? CORE_ID[63:32] :
        reg_addr == 8'h10 ? IN :
        reg_addr == 8'h14 ? OUT :
        reg_addr == 8'h18 ? `FUSEWIRE_LATENCY :
        reg_addr == 8'h1c ? BUS :
        reg_addr == 8'h20 ? {31'd0, run} :
        reg_addr == 8'h24 ? {30'd0, fault, reading | writing} :
        reg_addr == 8'h28 ? ring_base[31:0] :
        reg_addr == 8'h2c ? ring_base[63:32] :
        reg_addr == 8'h30 ? done_base[31:0] :
        reg_addr == 8'h34 ? done_base[63:32] :
        reg_addr == 8'h38 ? {27'd0, ring_log} :
        reg_addr == 8'h40 ? tail :
        reg_addr == 8'h44 ? head :
        reg_addr == 8'h48 ? cycles[31:0] :
        reg_addr == 8'h4c ? cycles[63:32] :
        reg_addr == 8'h50 ? rows_in :
        reg_addr == 8'h54 ? rows_out :
        32'd0;

    // --- the reader: descriptors, then their values --------------------------------------------------------------
    localparam [2:0] IDLE = 3'd0, FETCH = 3'd1, COLLECT = 3'd2, CHECK = 3'd3, ASK = 3'd4, STREAM = 3'd5;
    reg [2:0] state;
    reg [511:0] descriptor;
    reg [3:0] collected;
    reg [23:0] began;
    wire [63:0] source = descriptor[63:0];
    wire [63:0] target = descriptor[127:64];
    wire [31:0] rows = descriptor[159:128];
    wire [31:0] sequence_number = descriptor[191:160];
    wire misaligned = |((source | target) & ~ALIGNED);
    wire [7:0] refused = rows == 32'd0 ? EMPTY : misaligned ? MISALIGNED : OK;
    wire [63:0] bytes = {32'd0, rows} * IN + (BUS - 1);
    wire [511:0] with_beat;
    generate
        if (BUS == 64) begin : whole
            assign with_beat = rd_tdata;
        end else begin : parts
            assign with_beat = {rd_tdata, descriptor[511:8*BUS]};
        end
    endgenerate

    wire queue_room;
    wire start = state == CHECK && queue_room && refused == OK;
    wire stream_busy, stream_ready, value_valid, value_ready, value_last;
    wire [8*IN-1:0] value;
    assign reading = state != IDLE;
    assign rd_valid = state == FETCH || state == ASK;
    assign rd_addr = state == FETCH ? ring_base + {26'd0, fetched & ring_mask, 6'd0} : source;
    assign rd_beats = state == FETCH ? DESC_BEATS : bytes[SHIFT +: 32];
    assign rd_tready = state == COLLECT || (state == STREAM && stream_ready);

    always_ff @(posedge aclk) begin
        if (!reset_n) begin
            state <= IDLE;
            fetched <= 32'd0;
        end else begin
            case (state)
                IDLE: if (run && fetched != tail) state <= FETCH;
                FETCH: if (rd_ready) state <= COLLECT;
                COLLECT: if (rd_tvalid && collected == 4'(DESC_BEATS - 1)) state <= CHECK;
                CHECK: if (queue_room) begin
                    fetched <= fetched + 32'd1;
                    state <= refused == OK ? ASK : IDLE;
                end
                ASK: if (rd_ready) state <= STREAM;
                STREAM: if (!stream_busy) state <= IDLE;
                default: state <= IDLE;
            endcase
        end
        if (state == IDLE) begin
            collected <= 4'd0;
            began <= cycles[23:0];
        end
        if (state == COLLECT && rd_tvalid) begin
            collected <= collected + 4'd1;
            descriptor <= with_beat;
        end
    end

    // What a case leaves of the descriptor and of the sum is of no use.
    wire unused = &{1'b0, descriptor[511:192], bytes[63:32+SHIFT], bytes[SHIFT-1:0]};

    fusewire_unpack #(.BUS(BUS), .VALUE(IN)) unpack (
        .aclk(aclk), .aresetn(reset_n), .start(start), .rows(rows), .busy(stream_busy),
        .s_tdata(rd_tdata), .s_tvalid(rd_tvalid && state == STREAM), .s_tready(stream_ready),
        .m_tdata(value), .m_tvalid(value_valid), .m_tready(value_ready), .m_tlast(value_last));

    // --- the core ------------------------------------------------------------------------------------------------
    wire [8*OUT-1:0] result;
    wire result_valid, result_ready, result_last;
    `FUSEWIRE_CORE core (
        .aclk(aclk), .aresetn(reset_n),
        .s_axis_tdata(value), .s_axis_tvalid(value_valid), .s_axis_tready(value_ready), .s_axis_tlast(value_last),
        .m_axis_tdata(result), .m_axis_tvalid(result_valid), .m_axis_tready(result_ready),
        .m_axis_tlast(result_last));
    assign core_in = value_valid & value_ready;
    assign core_out = result_valid & result_ready;

    // --- the batches on their way, between reader and writer -----------------------------------------------------
    reg [127:0] queue [0:3];
    reg [2:0] queued, written;
    wire queue_empty = queued == written;
    assign queue_room = queued - written != 3'd4;
    wire [127:0] oldest = queue[written[1:0]];
    wire [63:0] oldest_target = oldest[127:64];
    wire [31:0] oldest_sequence = oldest[63:32];
    wire [23:0] oldest_began = oldest[31:8];
    wire [7:0] oldest_status = oldest[7:0];

    // --- the writer: results, then the completion ----------------------------------------------------------------
    wire [8*BUS-1:0] beat;
    wire [BUS-1:0] beat_strobe;
    wire beat_valid, beat_last;
    reg completing;
    reg [63:0] offset;
    wire storing = !queue_empty && !completing && oldest_status == OK;
    wire done = wr_valid && wr_ready && completing;
    wire [7:0] status = fault ? BUS_ERROR : oldest_status;
    wire [23:0] taken = cycles[23:0] - oldest_began;
    wire [63:0] completion = {status, taken, oldest_sequence};
    wire [63:0] done_addr = done_base + {29'd0, head & ring_mask, 3'd0};
    wire [SHIFT:0] lane = {1'b0, done_addr[SHIFT-1:0]};
    wire [BUS-1:0] eight = {{BUS-1{1'b0}}, 1'b1} * BUS'(8'hff);

    assign writing = !queue_empty;
    assign wr_valid = completing || (storing && beat_valid);
    assign wr_addr = completing ? done_addr & ALIGNED : oldest_target + offset;
    assign wr_data = completing ? {BUS/8{completion}} : beat;
    assign wr_strb = completing ? eight << lane : beat_strobe;
    assign irq = done;

    always_ff @(posedge aclk) begin
        if (!reset_n) begin
            queued <= 3'd0;
            written <= 3'd0;
            completing <= 1'b0;
            offset <= 64'd0;
            head <= 32'd0;
        end else begin
            if (state == CHECK && queue_room) queued <= queued + 3'd1;
            if (done) begin
                written <= written + 3'd1;
                head <= head + 32'd1;
                completing <= 1'b0;
                offset <= 64'd0;
            end else if (!queue_empty && !completing && oldest_status != OK) begin
                completing <= 1'b1;
            end else if (storing && beat_valid && wr_ready) begin
                offset <= offset + BUS;
                if (beat_last) completing <= 1'b1;
            end
        end
        if (state == CHECK && queue_room) queue[queued[1:0]] <= {target, sequence_number, began, refused};
    end

    fusewire_pack #(.BUS(BUS), .VALUE(OUT)) pack (
        .aclk(aclk), .aresetn(reset_n),
        .s_tdata(result), .s_tvalid(result_valid), .s_tready(result_ready), .s_tlast(result_last),
        .m_tdata(beat), .m_tstrb(beat_strobe), .m_tvalid(beat_valid), .m_tready(storing && wr_ready),
        .m_tlast(beat_last));
endmodule
